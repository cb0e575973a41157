/** Scored pages: counts by site or group, and passages behind a number or of a search. Nothing is written. */
import { get, Unreachable } from './api.js';
import { ask } from './asking.js';
import { make } from './render.js';
import { name, unwarn, warn } from './say.js';
import { counted, percent } from './state.js';
import { words } from './result_passages.js';
import {
  below, drawPages, head, number, reach, scrolled, wireArrows,
} from './result_tables.js';

const $ = (id) => document.getElementById(id);
const UNITS = ['occurrences', 'segments', 'pages'];
const chosen = new Map([['table', 'counts'], ['by', 'site'], ['unit', 'occurrences'], ['find', ''], ['from', '0'], ['part', '0']]);
let facts = null;
let tableAsked = 0;
let passagesAsked = 0;
let query = null;
let opener = null;
let shown = 0;

/** @param {string} text how far it is */
function tell(text) {
  $('progress').textContent = text;
}

/** @param {unknown} error @returns {string} */
const inWords = (error) => (error instanceof Unreachable ? 'The server does not answer. Load the page again.' : error.message);

/** @param {string} key @param {string} value */
function choose(key, value) {
  chosen.set(key, value);
  if (key !== 'from') chosen.set('from', '0');
  showTable();
}

/**
 * @param {string} key
 * @param {string} label
 * @param {[string, string][]} options
 */
function control(key, label, options) {
  const box = make('label', '', `${label} `);
  const select = make('select');
  select.id = `choose-${key}`;
  select.append(...options.map(([value, text]) => {
    const option = make('option', '', text);
    option.value = value;
    return option;
  }));
  select.value = chosen.get(key);
  select.addEventListener('change', () => choose(key, select.value));
  box.append(select);
  $('controls').append(box);
}

/** A field in which a site is found. */
function findSite() {
  const box = make('label', '', 'Find ');
  const input = make('input');
  input.type = 'search';
  input.id = 'choose-find';
  input.value = chosen.get('find');
  input.addEventListener('change', () => choose('find', input.value));
  box.append(input);
  $('controls').append(box);
}

/** @param {object} answer @returns {HTMLElement} places down, codes across */
function drawCounts(answer) {
  const table = make('table', 'results-table counts');
  const heads = make('tr');
  heads.append(head(answer.by === 'site' ? 'Site' : 'Group'), head('Pages'), head('Words'));
  heads.append(...facts.codes.map((code) => head(name(code.name))));
  const body = make('tbody');
  for (const row of answer.rows) {
    const line = make('tr');
    const label = head(name(row.name || 'no group'), 'row');
    if (answer.by === 'site') below(label, row.group);
    line.append(label, make('td', '', row.pages.toLocaleString('en-GB')), make('td', '', row.words.toLocaleString('en-GB')));
    row.counts.forEach((count, k) => {
      const code = facts.codes[k];
      const target = count ? [['code', code.id], ['unit', answer.unit], [answer.by, row.id]] : null;
      line.append(number(count.toLocaleString('en-GB'), target, `${code.name}, ${row.name || 'no group'}`));
    });
    body.append(line);
  }
  const totals = make('tr', 'total');
  totals.append(head('All', 'row'), make('td'), make('td'));
  answer.totals.forEach((count, k) => {
    const code = facts.codes[k];
    totals.append(number(count.toLocaleString('en-GB'), count ? [['code', code.id], ['unit', answer.unit]] : null, `${code.name}, all`));
  });
  body.append(totals);
  const headed = make('thead');
  headed.append(heads);
  table.append(headed, body);
  return table;
}

/** @param {object} part @returns {HTMLElement} */
function drawEstimates(part) {
  const table = make('table', 'results-table');
  const heads = make('tr');
  heads.append(head('Code'), ...part.heads.map((each) => head(each)));
  const body = make('tbody');
  part.rows.forEach(([label, cells], at) => {
    const line = make('tr');
    line.append(head(name(label), 'row'));
    cells.forEach(([text, ends], k) => {
      const place = part.level === 'corpus' ? [] : [[part.level, part.place]];
      const target = part.heads[k] === 'Machine count' && /[1-9]/.test(text)
        ? [['code', part.codes[at]], ['unit', 'segments'], ...place] : null;
      const cell = number(text, target, `${label}, ${part.heads[k].toLowerCase()}`);
      below(cell, ends);
      line.append(cell);
    });
    body.append(line);
  });
  const headed = make('thead');
  headed.append(heads);
  table.append(headed, body);
  return table;
}

const tables = {
  counts: {
    query: () => ['by', 'unit', 'find', 'from'].map((key) => [key, chosen.get(key)]),
    draw(answer) {
      control('by', 'Count by', [['site', 'site'], ['group', 'group']]);
      control('unit', 'Count', UNITS.map((unit) => [unit, unit]));
      findSite();
      const parts = [
        make('p', 'muted', 'These are the machine’s suggestions. They are not corrected for its errors.'),
        answer.rows.length ? scrolled('', `${answer.unit} by ${answer.by}`, drawCounts(answer)) : make('p', '', 'No site has this name.'),
        drawPages(answer, '', (from) => choose('from', from)),
      ];
      $('table').replaceChildren(...parts.filter(Boolean));
    },
  },
  estimates: {
    query: () => [['part', chosen.get('part')]],
    draw(answer) {
      const place = (part) => (part.level === 'corpus' ? 'all that was scored' : `${part.level} ${part.place || '(none)'}`);
      control('part', 'Show', answer.parts.map((part, k) => [String(k), place(part)]));
      const level = Math.round(answer.table.confidence * 100);
      $('table').replaceChildren(
        make('p', 'muted', `Shares of ${answer.table.segments} segments. Report the corrected estimate. Intervals are ${level}% confidence intervals for the codes in these very segments. The machine’s count includes its errors, and has no interval.`),
        scrolled('', 'Corrected frequencies', drawEstimates(answer.table)),
        ...[...answer.table.reasons, ...answer.notes].map((text) => make('p', 'muted', text)),
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
  try {
    const answer = await ask(`/api/scored/${kind}`, tables[kind].query(), tell, () => mine === tableAsked);
    if (answer === null) return;
    $('controls').replaceChildren();
    tables[kind].draw(answer);
  } catch (error) {
    if (mine !== tableAsked) return;
    $('controls').replaceChildren();
    $('table').replaceChildren(make('p', 'results-problem', inWords(error)));
  }
  tell('');
  reach($('table'), null);
  if (held && held.startsWith('choose-') && $(held)) $(held).focus();
  $('figures').dataset.ready = kind;
}

/** @param {object} passage @returns {HTMLElement} */
function drawPassage(passage) {
  const item = make('li', 'pass');
  const place = make('p', 'pass-place');
  place.append(name(passage.site_name));
  if (passage.group) place.append(' · ', name(passage.group));
  if (passage.title) place.append(' · ', name(passage.title));
  place.append(`, segment ${passage.segment + 1}`);
  if (passage.segments > 1) place.append(` and ${counted(passage.segments - 1, 'more', 'more')}`);
  item.append(place);
  if (passage.before) item.append(words('pass-around', passage.before));
  item.append(words('pass-text', passage.cut ? `${passage.text}…` : passage.text));
  if (passage.after) item.append(words('pass-around', passage.after));
  if (passage.probability !== null) {
    item.append(make('p', 'pass-coder is-machine', `The machine ${passage.suggested ? 'suggests' : 'does not suggest'} it, ${percent(passage.probability)}`));
  }
  const origin = make('p', 'pass-origin');
  origin.append(name(passage.url || passage.document));
  const kept = [passage.fetched_at && `fetched ${passage.fetched_at}`, passage.warc, passage.record_id].filter(Boolean);
  for (const one of kept) origin.append(' · ', name(one));
  item.append(origin);
  return item;
}

/** Show further passages. */
async function morePassages() {
  passagesAsked += 1;
  const mine = passagesAsked;
  const told = (text) => { $('behind-text').textContent = text; };
  $('behind').removeAttribute('data-ready');
  $('behind-more').disabled = true;
  told('Looking for the passages…');
  try {
    const answer = await ask('/api/scored/passages', [...query, ['from', String(shown)]], told, () => mine === passagesAsked);
    if (answer === null) return;
    const first = $('behind-list').children.length;
    $('behind-list').append(...answer.passages.map(drawPassage));
    shown += answer.passages.length;
    told(shown < answer.count ? `The first ${shown.toLocaleString('en-GB')} of ${counted(answer.count, 'passage')}.` : `${counted(answer.count, 'passage')}.`);
    $('behind-more').hidden = shown >= answer.count;
    if (first && $('behind-list').children[first]) {
      $('behind-list').children[first].tabIndex = -1;
      $('behind-list').children[first].focus();
    }
    $('behind').dataset.ready = String(shown);
  } catch (error) {
    if (mine === passagesAsked) told(inWords(error));
  } finally {
    $('behind-more').disabled = false;
  }
}

/** @param {[string, string][]} asked @param {string} title @param {HTMLElement|null} button */
async function showPassages(asked, title, button) {
  for (const one of $('table').querySelectorAll('[aria-pressed]')) one.removeAttribute('aria-pressed');
  query = asked;
  opener = button;
  shown = 0;
  $('behind-list').replaceChildren();
  $('behind-title').textContent = title;
  $('behind-close').hidden = !button;
  document.body.classList.add('has-passages');
  if (button) {
    button.setAttribute('aria-pressed', 'true');
    reach($('table'), button);
  }
  await morePassages();
  if (!button) return;
  $('behind').focus({ preventScroll: true });
  if (getComputedStyle($('behind')).position !== 'sticky') $('behind').scrollIntoView();
}

/** @param {string} id @returns {number} a share between 0 and 1 */
const share = (id) => Math.min(100, Math.max(0, Number($(id).value) || 0)) / 100;

/** Search the passages as the form says. */
function search() {
  const asked = [['text', $('search-text').value], ['unit', 'segments']];
  const code = $('search-code').value;
  if (code) {
    asked.push(['code', code], ['low', String(share('search-low'))], ['high', String(share('search-high'))]);
    if ($('search-all').checked) asked.push(['suggested', 'false']);
  }
  if ($('search-site').value.trim()) asked.push(['site', $('search-site').value.trim()]);
  showPassages(asked, 'What was found', null);
}

/** Read what was scored. */
async function readFacts() {
  facts = await get('/api/scored');
  const aside = Object.entries(facts.aside).map(([status, count]) => `${count.toLocaleString('en-GB')} ${status.replaceAll('_', ' ')}`);
  $('facts').textContent = [
    `${facts.segments.toLocaleString('en-GB')} ${facts.unit}s, scored by ${facts.machine}.`,
    ...(aside.length ? [`Pages that are not counted: ${aside.join(', ')}.`] : []),
    ...facts.notes,
  ].join(' ');
  $('left-out').hidden = !facts.waiting;
  $('left-out').textContent = facts.waiting
    ? `${counted(facts.waiting, 'segment')} of draws ${facts.waiting === 1 ? 'is' : 'are'} still coded without suggestions (${facts.coders.join(', ')}), and left out of all numbers and passages here. The commands count ${facts.waiting === 1 ? 'it' : 'them'}.` : '';
  for (const code of facts.codes) {
    const option = make('option', '', code.name);
    option.value = code.id;
    $('search-code').append(option);
  }
}

/** Begin. */
async function begin() {
  const asked = new URLSearchParams(location.hash.slice(1)).get('table');
  if (Object.hasOwn(tables, asked)) chosen.set('table', asked);
  wireArrows($('table'));
  $('table').addEventListener('click', (event) => {
    const button = event.target.closest('button.number');
    if (button) showPassages(JSON.parse(button.dataset.cell), button.getAttribute('aria-label').replace(/: [^:]*$/, ''), button);
  });
  $('search').addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  $('behind-more').addEventListener('click', morePassages);
  $('behind-close').addEventListener('click', () => { if (opener) opener.focus(); });
  $('print').addEventListener('click', () => print());
  $('says-close').addEventListener('click', unwarn);
  addEventListener('hashchange', () => {
    const table = new URLSearchParams(location.hash.slice(1)).get('table');
    if (Object.hasOwn(tables, table)) choose('table', table);
  });
  try {
    await readFacts();
  } catch (error) {
    warn(inWords(error));
    return;
  }
  showTable();
}

begin();
