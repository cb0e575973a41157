/** Results: tables of a study, and the passages behind each number beside them. */
import { get, post, Unreachable } from './api.js';
import { ask } from './asking.js';
import { make } from './render.js';
import { fill, name, say, unwarn, warn } from './say.js';
import { counted } from './state.js';
import { drawPassage } from './result_passages.js';
import {
  drawAgreement, drawConfusions, drawCounts, drawEstimates, drawPages, reach, scrolled,
  wireArrows,
} from './result_tables.js';

const $ = (id) => document.getElementById(id);
const BYS = { case: 'cases', document: 'documents', group: 'groups' };
const UNITS = ['occurrences', 'segments', 'documents'];

/** What the address asks for. */
const chosen = new Map();
let facts = null;
let codes = new Map();
let tableAsked = 0;
let passagesAsked = 0;
let cell = null;
let cellButton = null;
let shown = 0;

/** @param {string} text how far it is */
function tell(text) {
  $('progress').textContent = text;
}

/** @param {unknown} error */
function fail(error) {
  tell('');
  warn(error instanceof Unreachable ? 'The server does not answer. Load the page again.' : error.message);
}

/** Read the address. */
function readAddress() {
  chosen.clear();
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) chosen.set(key, value);
  if (!['frequencies', 'estimates', 'agreement', 'confusions'].includes(chosen.get('table'))) chosen.set('table', 'frequencies');
}

/** Write into the address what is shown, so that it is found again. */
function writeAddress() {
  history.replaceState(null, '', `#${new URLSearchParams([...chosen])}`);
}

/** @param {string} key @param {string} value */
function choose(key, value) {
  chosen.set(key, value);
  if (key !== 'from' && key !== 'cell') chosen.delete('from');
  if (key !== 'cell') chosen.delete('cell');
  writeAddress();
  showTable();
}

/**
 * @param {string} key
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {string} value
 */
function control(key, label, options, value) {
  const box = make('label', '', `${label} `);
  const select = make('select');
  select.id = `choose-${key}`;
  for (const [one, text] of options) {
    const option = make('option', '', text);
    option.value = one;
    select.append(option);
  }
  select.value = value;
  select.addEventListener('change', () => choose(key, select.value));
  box.append(select);
  $('controls').append(box);
}

/** @param {string} svg a chart of ours: its texts are escaped by the server @returns {Node|null} */
function chart(svg) {
  if (!svg) return null;
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  if (parsed.nodeName !== 'svg') return null;
  const figure = make('figure', 'results-chart');
  figure.append(document.importNode(parsed, true));
  return figure;
}

/** @param {...(Node|string|null)} parts fill the table's place */
function place(...parts) {
  $('table').replaceChildren(...parts.filter((part) => part !== null));
  reach($('table'), null);
}

/** @param {string} text @returns {HTMLElement} */
const soft = (text) => make('p', 'muted', text);

/** @param {string} id @returns {string} */
const coderName = (id) => (id === facts.machine ? 'the machine' : id);

/** @returns {string} whose counts are shown */
function coder() {
  const known = facts.coders.map((one) => one.id);
  const asked = chosen.get('coder');
  return known.includes(asked) ? asked : facts.reference || facts.machine || known[0] || '';
}

/** @param {object} answer @returns {HTMLElement} charts, drawn when they are opened */
function charts(answer) {
  if (answer.by === 'document') return soft('For charts, count by case or by group.');
  const box = make('details', 'results-charts');
  box.append(make('summary', '', 'Charts'));
  box.addEventListener('toggle', async () => {
    if (!box.open || box.dataset.drawn) return;
    box.dataset.drawn = 'true';
    const mine = tableAsked;
    for (const [at] of facts.themes.entries()) {
      const query = [['by', answer.by], ['unit', answer.unit], ['coder', answer.coder], ['theme', String(at)]];
      try {
        const one = await ask('/api/results/chart', query, tell, () => mine === tableAsked);
        if (one === null) return;
        box.append(chart(one.chart) || soft('This chart cannot be drawn.'));
      } catch (error) {
        fail(error);
        return;
      }
    }
    tell('');
  });
  return box;
}

const tables = {
  frequencies: {
    controls() {
      control('by', 'Count by', Object.keys(BYS).map((by) => [by, by]), chosen.get('by') || 'case');
      control('unit', 'Count', UNITS.map((unit) => [unit, unit]), chosen.get('unit') || 'occurrences');
      control('coder', 'Codes of', facts.coders.map((one) => [one.id, coderName(one.id)]), coder());
    },
    query: () => [
      ['by', chosen.get('by') || 'case'], ['unit', chosen.get('unit') || 'occurrences'],
      ['coder', coder()], ['from', chosen.get('from') || '0'],
    ],
    draw(answer) {
      if (!answer.rows.length || !answer.places) {
        place(soft('Nothing was counted.'));
        return;
      }
      const notes = [];
      if (answer.coder === facts.machine) notes.push(soft('These are the machine’s suggestions. They are not corrected for its errors: see Corrected frequencies.'));
      const table = scrolled('', `${answer.unit} by ${answer.by}`, drawCounts(answer, codes));
      place(...notes, drawPages(answer, `${BYS[answer.by]} `, (from) => choose('from', from)), table, charts(answer));
    },
  },
  estimates: {
    controls() {
      control('by', 'Parts', [['group', 'groups'], ['case', 'cases'], ['document', 'documents']], chosen.get('by') || 'group');
    },
    query: () => [['by', chosen.get('by') || 'group'], ['part', chosen.get('part') || '0']],
    draw(answer) {
      const notes = answer.notes.map(soft);
      if (!answer.table) {
        place(make('p', '', 'The machine’s counts are not corrected for its errors:'), ...(notes.length ? notes : [soft('Nobody has coded, or there are no suggestions.')]));
        return;
      }
      const name_ = (part) => (part.level === 'corpus' ? 'the whole corpus' : part.place || `no ${part.level}`);
      control('part', 'Show', answer.parts.map((part, k) => [String(k), name_(part)]), String(answer.part));
      const level = Math.round(answer.table.confidence * 100);
      const meaning = soft(`Shares of ${answer.table.segments} segments. Report the corrected estimate. Intervals are ${level}% confidence intervals. The machine’s count includes its errors, and has no interval, because it is not based on a sample.`);
      place(
        meaning, scrolled('', 'Corrected frequencies', drawEstimates(answer.table, codes)),
        ...answer.table.reasons.map(soft), chart(answer.table.chart), ...notes,
      );
    },
  },
  agreement: {
    controls() {},
    query: () => [['pair', chosen.get('pair') || '0']],
    draw(answer) {
      if (!answer.section) {
        place(soft('There are no two coders to compare.'));
        return;
      }
      const { section } = answer;
      const coders = answer.pairs[answer.pair].coders;
      const who = (pair) => `${pair.coders.map(coderName).join(' and ')}${pair.kappa ? `: kappa ${pair.kappa}` : ''}`;
      control('pair', 'Coders', answer.pairs.map((pair, k) => [String(k), who(pair)]), String(answer.pair));
      const parts = section.tables.map((part) => {
        const box = make(part.folded ? 'details' : 'div', 'results-part');
        box.append(make(part.folded ? 'summary' : 'h2', part.folded ? '' : 'side-sub', part.title));
        box.append(scrolled('', part.title, drawAgreement(part.table, coders)));
        return box;
      });
      const reasons = make('ol', 'results-reasons');
      reasons.append(...section.reasons.map((text) => make('li', '', text)));
      const paradoxes = section.paradoxes.map(([code, text]) => {
        const line = soft('');
        fill(line, name(code), `: ${text}`);
        return line;
      });
      place(
        soft('Coefficients that are corrected for chance have their 95% intervals below them. The first columns count segments: to which all gave the code, and to which only one of them, or some of them, did. Codings that were made with suggestions in sight are left out.'),
        ...parts, reasons, ...section.cautions.map(soft), chart(section.chart), ...paradoxes,
      );
    },
  },
  confusions: {
    controls() {},
    query: () => [['pair', chosen.get('pair') || '0']],
    draw(answer) {
      if (!answer.rows.length) {
        place(soft('No two codes were given in each other’s place.'));
        return;
      }
      control('pair', 'Coders', answer.pairs.map((pair, k) => [String(k), pair.map(coderName).join(' and ')]), String(answer.pair));
      place(
        soft('Segments to which the first coder gave one code, and the second coder the other one in its place. The pairs that most exceed the number expected from base rates come first.'),
        scrolled('', 'Confusions', drawConfusions(answer, codes, coderName)),
        answer.count > answer.rows.length ? soft(`The first ${answer.rows.length} of ${answer.count} pairs. All are in confusions.csv, which fourp report writes.`) : null,
      );
    },
  },
};

/** Show the table that is chosen. */
async function showTable() {
  tableAsked += 1;
  const mine = tableAsked;
  const kind = chosen.get('table');
  for (const link of document.querySelectorAll('.results-nav a')) {
    if (link.dataset.table === kind) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  $('figures').removeAttribute('data-ready');
  const held = document.activeElement && document.activeElement.id;
  $('controls').replaceChildren();
  tables[kind].controls();
  $('table').setAttribute('aria-busy', 'true');
  if (!chosen.get('cell')) closePassages();
  try {
    const answer = await ask(`/api/results/${kind}`, tables[kind].query(), tell, () => mine === tableAsked);
    if (answer === null) return;
    if (answer.version !== facts.version) await readFacts();
    if (mine !== tableAsked) return;
    tables[kind].draw(answer);
    tell('');
    if (chosen.get('cell') && !cell) findAgain();
  } catch (error) {
    if (mine !== tableAsked) return;
    tell('');
    place(make('p', 'results-problem', error instanceof Unreachable ? 'The server does not answer. Load the page again.' : error.message));
  }
  if (held && held.startsWith('choose-') && $(held)) $(held).focus();
  $('table').removeAttribute('aria-busy');
  $('figures').dataset.ready = kind;
}

/** Show the passages of the number that the address names. */
function findAgain() {
  const button = [...$('table').querySelectorAll('button.number')].find((one) => one.dataset.cell === chosen.get('cell'));
  if (button) showPassages(button, false);
}

/** Take the passages away. */
function closePassages() {
  passagesAsked += 1;
  cell = null;
  cellButton = null;
  document.body.classList.remove('has-passages');
  $('behind-title').textContent = 'Passages';
  $('behind-text').textContent = 'Click on a number: its passages are shown here.';
  $('behind-list').replaceChildren();
  $('behind-more').hidden = true;
  $('behind-close').hidden = true;
  $('behind').removeAttribute('data-ready');
}

/** @param {HTMLElement} button @param {boolean} go whether to go to the passages */
async function showPassages(button, go) {
  closePassages();
  cell = JSON.parse(button.dataset.cell);
  cellButton = button;
  chosen.set('cell', button.dataset.cell);
  writeAddress();
  for (const one of $('table').querySelectorAll('[aria-pressed]')) one.removeAttribute('aria-pressed');
  button.setAttribute('aria-pressed', 'true');
  reach($('table'), button);
  document.body.classList.add('has-passages');
  shown = 0;
  $('behind-title').textContent = button.getAttribute('aria-label').replace(/: [^:]*$/, '');
  $('behind-close').hidden = false;
  await morePassages();
  if (!go) return;
  $('behind').focus({ preventScroll: true });
  if (getComputedStyle($('behind')).position !== 'sticky') $('behind').scrollIntoView();
}

/** Show further passages of the number. */
async function morePassages() {
  passagesAsked += 1;
  const mine = passagesAsked;
  const say_ = (text) => { $('behind-text').textContent = text; };
  $('behind-more').disabled = true;
  say_('Looking for the passages…');
  try {
    const answer = await ask('/api/results/passages', [...cell, ['from', String(shown)]], say_, () => mine === passagesAsked);
    if (answer === null) return;
    if (answer.version !== facts.version) {
      say('Something changed: the numbers are new.');
      chosen.delete('cell');
      await readFacts();
      showTable();
      return;
    }
    const list = $('behind-list');
    const first = list.children.length;
    list.append(...answer.passages.map((passage) => drawPassage(passage, (code) => (codes.get(code) || { name: '' }).name)));
    shown += answer.passages.length;
    const left = answer.left_out
      ? ` ${counted(answer.left_out, 'segment')} ${answer.left_out === 1 ? 'is' : 'are'} left out here, whatever codes ${answer.left_out === 1 ? 'it has' : 'they have'}: you code ${answer.left_out === 1 ? 'it' : 'them'} in a draw, without suggestions.` : '';
    const some = shown < answer.count ? `The first ${shown.toLocaleString('en-GB')} of ${counted(answer.count, 'passage')}.` : `${counted(answer.count, 'passage')}.`;
    say_(some + left);
    $('behind-more').hidden = shown >= answer.count;
    if (first && list.children[first]) list.children[first].querySelector('a').focus();
    $('behind').dataset.ready = String(shown);
  } catch (error) {
    if (mine === passagesAsked) say_(error instanceof Unreachable ? 'The server does not answer. Try again.' : error.message);
  } finally {
    $('behind-more').disabled = false;
  }
}

/** Read who coded, which codes there are, and what is not counted. */
async function readFacts() {
  facts = await get('/api/results');
  codes = new Map(facts.codes.map((code) => [code.code, code]));
  $('pending').hidden = !facts.pending;
  $('pending-text').textContent = facts.pending
    ? `${counted(facts.pending, 'decision')} of this page ${facts.pending === 1 ? 'is' : 'are'} not in the gold files yet. The numbers do not count ${facts.pending === 1 ? 'it' : 'them'}.` : '';
  $('left-out').hidden = !facts.left_out;
  $('left-out').textContent = facts.left_out
    ? `${counted(facts.left_out, 'segment')} ${facts.left_out === 1 ? 'is' : 'are'} left out of all numbers, as if nobody had read ${facts.left_out === 1 ? 'it' : 'them'}: you are coding ${facts.left_out === 1 ? 'it' : 'them'} in a draw, without suggestions. The commands count ${facts.left_out === 1 ? 'it' : 'them'}. What other people coded is shown when the draw is imported.` : '';
}

/** Write the decisions to the gold files, and count anew. */
async function write() {
  $('write').disabled = true;
  try {
    const answer = await post('/api/write', {});
    say(`${counted(answer.decisions, 'decision')} written to ${counted(answer.files.length, 'file')}.`);
    await readFacts();
    chosen.delete('cell');
    await showTable();
  } catch (error) {
    warn(error instanceof Unreachable ? 'The server does not answer. Nothing was lost: try again.' : error.message);
  } finally {
    $('write').disabled = false;
  }
}

/** Begin. */
async function begin() {
  readAddress();
  wireArrows($('table'));
  $('table').addEventListener('click', (event) => {
    const button = event.target.closest('button.number');
    if (button) showPassages(button, true);
  });
  $('behind-more').addEventListener('click', morePassages);
  $('behind-close').addEventListener('click', () => {
    const button = cellButton;
    chosen.delete('cell');
    writeAddress();
    closePassages();
    if (button) {
      button.removeAttribute('aria-pressed');
      button.focus();
    }
  });
  $('write').addEventListener('click', write);
  $('print').addEventListener('click', () => print());
  $('says-close').addEventListener('click', unwarn);
  addEventListener('hashchange', () => {
    closePassages();
    readAddress();
    showTable();
  });
  try {
    await readFacts();
  } catch (error) {
    fail(error);
    return;
  }
  showTable();
}

begin();
