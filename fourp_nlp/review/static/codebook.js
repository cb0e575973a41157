/** The page of the codebook: its codes, what waits for a second look, and the changes that were made. */
import { get, post, Unreachable } from './api.js';
import { counted } from './state.js';
import { make } from './render.js';
import { plain, rank } from './panel.js';
import { fill, name, say, unwarn, warn } from './say.js';
import { openChange, wireChanges } from './codebook_forms.js';

const $ = (id) => document.getElementById(id);
const page = { mark: '', book: [], themes: [], fixed: '', last: null };
const POLL = 4000;

/** @param {Error} error */
function told(error) {
  warn(error instanceof Unreachable ? 'The server does not answer. Nothing was changed: try again.' : error.message);
}

/** @param {object} code @returns {string} */
function countsOf(code) {
  const people = Object.entries(code.counts);
  const all = people.reduce((sum, [, count]) => sum + count, 0);
  return counted(all, 'coding');
}

/** @param {HTMLElement} body @param {string} title @param {(string|Node)[]} texts */
function part(body, title, texts) {
  if (!texts.length) return;
  body.append(make('h3', '', title));
  for (const text of texts) {
    const line = make('p', 'lines');
    line.dir = 'auto';
    line.append(text);
    body.append(line);
  }
}

/** @param {string} label @param {() => void} act @param {string} [className] @returns {HTMLButtonElement} */
function button(label, act, className = '') {
  const element = make('button', className, label);
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

/** @param {HTMLElement} body @param {object} code all that is known of it */
function fillCode(body, code) {
  part(body, 'Short definition', code.short ? [code.short] : []);
  part(body, 'Full definition', code.full ? [code.full] : []);
  part(body, 'When to use', code.when ? [code.when] : []);
  part(body, 'When not to use', code.not);
  part(body, 'Examples', code.examples);
  if (!body.firstChild) body.append(make('p', 'muted', 'This code has a name alone: it has no definition yet.'));
  const people = Object.entries(code.counts);
  if (people.length) {
    body.append(make('h3', '', 'Codings'));
    const line = make('p');
    people.forEach(([coder, count], k) => line.append(...(k ? [', '] : []), name(coder), `: ${count.toLocaleString('en-GB')}`));
    body.append(line);
  }
  if (!code.learned) body.append(make('p', 'muted', 'The machine has not learned this code yet, and does not suggest it.'));
  if (code.waiting + code.looked_at) body.append(drawLooks(code));
  if (page.fixed) return;
  const buttons = make('div', 'why-buttons');
  const does = {
    edit: 'Edit…', rename: 'Rename its id…', merge: 'Merge…', split: 'Split…', retire: 'Retire…',
  };
  for (const [kind, label] of Object.entries(does)) {
    const one = button(label, () => openChange(kind, code));
    one.dataset.kind = kind;
    one.setAttribute('aria-label', `${label.replace('…', '')}: ${code.name}`);
    buttons.append(one);
  }
  body.append(buttons);
}

/** @param {object} code @returns {HTMLElement} */
function drawCode(code) {
  const box = make('details', 'code-box');
  box.id = `code-${code.id}`;
  const head = make('summary');
  const sign = make('span', `swatch hue-${code.hue}`);
  sign.setAttribute('aria-hidden', 'true');
  const title = make('span', 'code-title');
  title.append(name(code.name));
  const id = make('span', 'code-id', code.id);
  title.append(' ', id);
  const counts = make('span', 'code-counts', countsOf(code));
  if (code.waiting) counts.append(' · ', make('span', 'code-waits', `${code.waiting.toLocaleString('en-GB')} for a second look`));
  head.append(sign, title, counts);
  const body = make('div', 'code-body');
  box.append(head, body);
  box.addEventListener('toggle', () => { if (box.open && !body.firstChild) fillCode(body, code); });
  return box;
}

/** Draw all codes, those that were open open again. */
function draw() {
  const open = new Set([...document.querySelectorAll('.code-box[open]')].map((box) => box.id));
  const groups = new Map();
  for (const code of page.book) {
    if (!groups.has(code.home)) groups.set(code.home, []);
    groups.get(code.home).push(code);
  }
  const titles = new Map(page.themes.map((theme) => [theme.id, theme.name]));
  $('book').replaceChildren(...[...groups].map(([home, codes]) => {
    const group = make('section', 'code-group');
    const title = make('h2');
    title.append(name(titles.get(home) || 'Codes'));
    group.append(title, ...codes.map(drawCode));
    return group;
  }));
  for (const box of document.querySelectorAll('.code-box')) if (open.has(box.id)) box.open = true;
  const fixed = Boolean(page.fixed);
  $('fixed').hidden = !fixed;
  $('fixed').textContent = page.fixed;
  $('alone').hidden = !page.alone;
  $('add-code').disabled = fixed;
  $('merge-codes').disabled = fixed || page.book.length < 2;
  drawLast();
  search();
}

/** Say what can be taken back. */
function drawLast() {
  const { last } = page;
  $('take-back').disabled = !(last && last.codebook);
  $('take-back').textContent = last && last.codebook ? `Take back: ${last.what}` : 'Take back';
  $('last-change').textContent = last && !last.codebook
    ? `The last change of the project was: ${last.what}. To take it back: fourp undo` : '';
}

/** Show only the codes that fit. */
function search() {
  const typed = plain($('book-find').value.trim());
  let shown = 0;
  for (const code of page.book) {
    const fits = rank(code, typed) < Infinity;
    $(`code-${code.id}`).hidden = !fits;
    shown += fits ? 1 : 0;
  }
  for (const group of document.querySelectorAll('.code-group')) group.hidden = !group.querySelector('.code-box:not([hidden])');
  $('book-none').textContent = shown ? '' : 'No code matches.';
}

/* ---- a second look ---- */

/** @param {object} code @returns {HTMLElement} */
function drawLooks(code) {
  const box = make('section', 'looks');
  box.setAttribute('aria-label', `Codings by an earlier definition of ${code.name}`);
  const title = make('h3', '', 'Codings by an earlier definition');
  const text = make('p', 'muted', `${code.waiting.toLocaleString('en-GB')} wait for a second look, ${code.looked_at.toLocaleString('en-GB')} were looked at again. `
    + 'If one no longer fits, change it: a decision of this page in its document, another coding in the gold file.');
  const list = make('div');
  const buttons = make('div', 'why-buttons');
  const show = button(`Show ${counted(code.waiting + code.looked_at, 'coding')}`, () => { show.remove(); showLooks(code, list, buttons); });
  show.classList.add('looks-show');
  buttons.append(show, button('It means the same: no second look is needed', () => same(code)));
  box.append(title, text, list, buttons);
  return box;
}

/** @param {object} code @param {HTMLElement} list @param {HTMLElement} buttons */
async function showLooks(code, list, buttons) {
  let answer;
  try {
    answer = await get('/api/codebook/second-look', { code: code.id });
  } catch (error) {
    told(error);
    return;
  }
  list.replaceChildren(...answer.rows.map((row) => drawLook(code, row)));
  if (answer.count > answer.rows.length) {
    list.append(make('p', 'muted', `And ${(answer.count - answer.rows.length).toLocaleString('en-GB')} more: fourp codebook second-look ${code.id} --json lists all.`));
  }
  const open = answer.rows.filter((row) => !row.looked_at);
  if (open.length > 1) {
    buttons.prepend(button(`I looked at all ${open.length} shown: they stay`, () => looked(code, open, false)));
  }
}

/** @param {object} code @param {object} row @returns {HTMLElement} */
function drawLook(code, row) {
  const box = make('div', 'look');
  const text = make('p', 'look-text');
  text.dir = 'auto';
  const link = make('a', '', row.text);
  link.href = `/documents/${row.number}#s${row.segment}`;
  text.append(link);
  const where = make('p', 'look-where');
  where.append(name(row.document), `, segment ${row.segment + 1}. Coded by `, name(row.coder),
    ...(row.looked_at ? ['. Looked at again by ', name(row.looked_at_by), ` on ${row.looked_at.slice(0, 10)}.`]
      : [`, before the definition changed on ${row.redefined}.`]));
  const act = row.looked_at ? button('Wait again', () => looked(code, [row], true), 'quiet')
    : button('It stays', () => looked(code, [row], false));
  box.append(text, where, act);
  return box;
}

/** @param {object} code @param {object[]} rows @param {boolean} takenBack */
async function looked(code, rows, takenBack) {
  const codings = rows.map(({ coder, document: of, start, end }) => ({ coder, document: of, start, end }));
  try {
    const answer = await post('/api/codebook/looked-at', { code: code.id, codings, taken_back: takenBack });
    await load();
    const list = $(`code-${code.id}`).querySelector('.looks-show');
    if (list) list.click();
    say(takenBack ? `${counted(answer.count, 'coding')}: wait for a second look again.` : `${counted(answer.count, 'coding')}: looked at again, and kept.`);
  } catch (error) {
    told(error);
  }
}

/** @param {object} code */
async function same(code) {
  try {
    await post('/api/codebook/same', { code: code.id });
    await load();
    say('Recorded: ', name(code.name), ' means the same as before.');
  } catch (error) {
    told(error);
  }
}

/* ---- versions ---- */

/** @param {object} version @returns {HTMLElement} */
function drawVersion(version) {
  const box = make('details', 'version');
  const head = make('summary');
  head.append(make('span', 'version-when', version.at), version.what);
  box.append(head);
  box.addEventListener('toggle', () => {
    if (!box.open || box.querySelector('.version-code')) return;
    for (const { code, before, after } of version.codes) {
      const one = make('div', 'version-code');
      one.append(make('h3', '', after ? code : `${code}: left the codebook`));
      const parts = new Set([...Object.keys(before || {}), ...Object.keys(after || {})]);
      for (const key of parts) {
        const was = (before || {})[key] || '';
        const is = (after || {})[key] || '';
        if (was === is) continue;
        const line = make('p');
        line.dir = 'auto';
        line.append(`${key}: `, ...(was ? [make('del', '', was), ' '] : []), ...(is ? [make('ins', '', is)] : []));
        one.append(line);
      }
      box.append(one);
    }
  });
  return box;
}

/** Read the codebook anew. */
async function load() {
  Object.assign(page, await get('/api/codebook'));
  $('book-title').textContent = page.title;
  draw();
  const { versions } = await get('/api/codebook/changes');
  $('versions').replaceChildren(...(versions.length ? versions.map(drawVersion)
    : [make('p', 'muted', 'It was not changed with fourp yet.')]));
  $('codebook').dataset.ready = 'true';
}

/** Take the last change of the codebook back. */
async function takeBack() {
  $('take-back').disabled = true;
  try {
    const answer = await post('/api/codebook/undo', { what: page.last.what, at: page.last.at });
    await load();
    say('Taken back: ', answer.what, '.');
  } catch (error) {
    told(error);
    await load().catch(() => {});
  }
}

/** Look whether the codebook was changed elsewhere; what is typed in a form stays. */
async function poll() {
  if (document.visibilityState === 'visible' && page.mark && !$('change').open) {
    try {
      const now = await get('/api/codebook/version');
      if (now.codebook !== page.mark && !$('change').open) {
        await load();
        say('The codebook was changed elsewhere: shown anew.');
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) warn(error.message);
    }
  }
  setTimeout(poll, POLL);
}

/** Begin. */
async function begin() {
  wireChanges(page, async (done) => {
    await load();
    fill($('last-change'));
    drawLast();
    say('Done: ', done.what, '.');
  });
  $('book-find').addEventListener('input', search);
  $('add-code').addEventListener('click', () => openChange('add', null));
  $('merge-codes').addEventListener('click', () => openChange('merge', null));
  $('take-back').addEventListener('click', takeBack);
  $('says-close').addEventListener('click', unwarn);
  try {
    await load();
  } catch (error) {
    told(error);
  }
  const asked = decodeURIComponent(location.hash.slice(1));
  const box = asked && document.getElementById(asked);
  if (box && box.classList.contains('code-box')) {
    box.open = true;
    box.scrollIntoView();
  }
  setTimeout(poll, POLL);
}

begin();
