/** The panel beside the text: why a code was suggested, other likely codes, and the codebook. */
import {
  state, codeOf, hueOf, markOf, percent, spanOf,
} from './state.js';
import { make } from './render.js';
import { fill, name } from './say.js';

const STATES = {
  suggested: 'suggested', accepted: 'accepted', rejected: 'rejected', blind: 'coded earlier, without suggestions',
  span: 'given to these words', earlier: 'coded earlier, without suggestions',
};
const $ = (id) => document.getElementById(id);
/** @type {Map<number, string>} fewest letters that find a code */
const letters = new Map();
/** @type {Map<number, HTMLElement>} */
const entries = new Map();
let keyed = [];

/** @param {string} text @returns {string} for comparing */
export function plain(text) {
  return String(text || '').normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/**
 * How well a code fits what was typed: less is better, Infinity is not at all.
 * @param {object} code
 * @param {string} typed already plain
 * @returns {number}
 */
export function rank(code, typed) {
  const title = plain(code.name);
  if (!typed || title.startsWith(typed)) return 0;
  if (title.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 1;
  if (title.includes(typed)) return 2;
  if (plain(code.id).startsWith(typed)) return 3;
  if (plain(code.theme).includes(typed) || plain(code.short).includes(typed)) return 4;
  return Infinity;
}

/** Work out the fewest letters for each code. */
function findLetters() {
  const all = [...state.codes.values()];
  const titles = all.map((code) => plain(code.name));
  all.forEach((code, k) => {
    const title = titles[k];
    let length = 1;
    while (length < title.length && length < 8
      && titles.some((other, o) => o !== k && other.startsWith(title.slice(0, length)))) length += 1;
    letters.set(code.code, title.slice(0, length));
  });
}

/** @param {number} code @returns {HTMLElement} coloured sign of a code */
function swatch(code) {
  const sign = make('span', `swatch ${hueOf(code)}`);
  sign.setAttribute('aria-hidden', 'true');
  return sign;
}

/** Draw the codebook once. */
export function drawBook() {
  findLetters();
  const root = $('book-list');
  const themes = new Map();
  for (const code of state.codes.values()) {
    const theme = code.theme || 'Codes';
    if (!themes.has(theme)) themes.set(theme, []);
    themes.get(theme).push(code);
  }
  root.replaceChildren();
  for (const [theme, codes] of themes) {
    const group = make('section', 'theme');
    const title = make('h3', 'side-sub');
    title.append(name(theme));
    const list = make('ul', 'book-codes');
    for (const code of codes) list.append(drawEntry(code));
    group.append(title, list);
    root.append(group);
  }
  $('book-find').addEventListener('input', () => searchBook($('book-find').value));
  if (!state.codes.size) {
    $('book-none').hidden = false;
    $('book-none').textContent = 'The codebook is empty.';
  }
}

/** @param {object} code @returns {HTMLElement} */
function drawEntry(code) {
  const item = make('li', 'book-code');
  const button = make('button', 'book-name');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  const label = make('span', 'book-label');
  label.append(name(code.name));
  const keys = make('span', 'book-keys');
  const number = make('kbd', 'book-number');
  number.hidden = true;
  keys.append(number, make('kbd', 'book-own', `# ${code.code + 1}`), make('kbd', 'book-letters', `c ${letters.get(code.code)}`));
  keys.setAttribute('aria-hidden', 'true');
  button.append(swatch(code.code), label, keys);
  const body = make('div', 'book-body');
  body.id = `code-${code.code}`;
  body.hidden = true;
  button.setAttribute('aria-controls', body.id);
  button.addEventListener('click', () => {
    const open = body.hidden;
    if (open && !body.firstChild) fillEntry(body, code);
    body.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  });
  item.append(button, body);
  entries.set(code.code, item);
  return item;
}

/** @param {HTMLElement} body @param {object} code every part of its definition */
export function fillDefinition(body, code) {
  const part = (title, text) => {
    const texts = (Array.isArray(text) ? text : [text]).filter(Boolean);
    if (!texts.length) return;
    if (title) body.append(make('h4', 'book-part', title));
    for (const one of texts) {
      const line = make('p', title === 'Examples' ? 'book-example' : '', one);
      line.dir = 'auto';
      body.append(line);
    }
  };
  part('', code.short);
  if (code.full !== code.short) part('Definition', code.full);
  part('When to use', code.when);
  part('Not for', code.not);
  part('Examples', code.examples);
}

/** @param {HTMLElement} body @param {object} code its definition, and what can be done with it */
function fillEntry(body, code) {
  fillDefinition(body, code);
  const buttons = make('div', 'why-buttons');
  const add = make('button', '', 'Add to this segment');
  add.type = 'button';
  add.dataset.do = 'take-code';
  add.dataset.code = String(code.code);
  const only = make('button', '', 'Show only this code');
  only.type = 'button';
  only.dataset.do = 'only-code';
  only.dataset.code = String(code.code);
  buttons.append(add, only);
  body.append(buttons);
}

/** @param {string} text show only the codes that fit */
export function searchBook(text) {
  const typed = plain(text.trim());
  let shown = 0;
  for (const [code, item] of entries) {
    const fits = rank(codeOf(code), typed) < Infinity || plain(codeOf(code).full).includes(typed);
    item.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const group of $('book-list').children) group.hidden = !group.querySelector('.book-code:not([hidden])');
  $('book-none').hidden = shown > 0;
}

/** Show the current segment and mark. */
export function paintPanel() {
  const segment = state.segments[state.current];
  if (!segment) return;
  $('why-title').textContent = `Segment ${(segment.i + 1).toLocaleString('en-GB')}`;
  const mark = spanOf(segment, state.span) || markOf(segment, state.mark);
  $('why-mark').hidden = !mark;
  $('why-none').hidden = Boolean(mark);
  $('why-add').disabled = segment.context;
  $('why-none').textContent = segment.context
    ? "These are the interviewer's words. They cannot be coded." : 'No code here yet.';
  if (mark) paintMark(mark);
  $('likely-box').hidden = segment.context || !segment.candidates.length;
  const list = $('likely');
  const held = list.contains(document.activeElement);
  list.replaceChildren(...segment.candidates.slice(0, 5).map((one, k) => drawLikely(segment, one, k)));
  if (held) document.getElementById(`s${segment.i}`)?.focus({ preventScroll: true });
  for (const code of keyed) setNumber(code, '');
  keyed = segment.context ? [] : segment.candidates.slice(0, 5).map((one) => one.code);
  keyed.forEach((code, k) => setNumber(code, String(k + 1)));
  const decided = mark && mark.state !== 'suggested';
  $('thumb-reject').disabled = !mark || ['blind', 'earlier', 'rejected'].includes(mark.state);
  $('thumb-accept').textContent = !mark || decided ? 'Go on' : 'Accept';
}

/** @param {object} mark */
function paintMark(mark) {
  const code = codeOf(mark.code);
  fill($('why-code'), swatch(mark.code), name(code.name));
  $('why-state').textContent = STATES[mark.state] + (mark.bulk ? ', together with others' : '');
  const known = mark.p !== null && mark.p !== undefined;
  $('why-p').hidden = !known;
  if (known) {
    $('why-meter').value = Math.round(mark.p * 100);
    $('why-percent').textContent = `${percent(mark.p)} likely`;
  }
  $('why-reason').textContent = mark.why || '';
  $('why-reason').hidden = !mark.why;
  $('why-edited').textContent = mark.decided
    ? `Here you had ${mark.decided === 'open' ? 'left it open' : `${mark.decided} it`}. Then the gold file was edited by hand, and it stands. Decide anew if yours is to hold.` : '';
  $('why-edited').hidden = !mark.decided;
  const earlier = mark.state === 'blind' || mark.state === 'earlier';
  const given = mark.state === 'accepted' || mark.state === 'span' || earlier;
  $('why-accept').hidden = given;
  $('why-reject').hidden = mark.state === 'rejected' || earlier;
  fill($('why-reject'), mark.state === 'span' ? 'Take away ' : 'Reject ', key('x'));
  $('why-reopen').hidden = mark.state === 'suggested' || mark.state === 'span' || earlier;
  $('why-memo').textContent = mark.memo ? mark.memo + (mark.memo_more ? '…' : '') : '';
  $('why-memo').hidden = !mark.memo;
  fill($('why-memo-button'), mark.memo ? 'Memo… ' : 'Write a memo ', key('m'));
  $('why-memo-button').hidden = !given;
}

/** @param {string} letter @returns {HTMLElement} */
function key(letter) {
  const element = make('kbd', '', letter);
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** @param {object} segment @param {{code:number,p:number}} one @param {number} k @returns {HTMLElement} */
function drawLikely(segment, one, k) {
  const item = make('li');
  const button = make('button', 'likely-code');
  button.type = 'button';
  button.dataset.do = 'take-code';
  button.dataset.code = String(one.code);
  const label = make('span', 'likely-name');
  label.append(name(codeOf(one.code).name));
  const mark = markOf(segment, one.code);
  const now = mark && mark.state !== 'suggested' ? `, ${mark.state === 'blind' ? 'coded earlier' : mark.state}` : '';
  button.append(key(String(k + 1)), swatch(one.code), label, make('span', 'likely-p', percent(one.p) + now));
  item.append(button);
  return item;
}

/** @param {number} code @param {string} number key that takes this code now */
function setNumber(code, number) {
  const kbd = entries.get(code)?.querySelector('.book-number');
  if (!kbd) return;
  kbd.textContent = number;
  kbd.hidden = !number;
}

/** Counts, undo, redo and finish in the header. */
export function paintProgress() {
  const { open, decided, finished } = state.progress;
  const bar = $('bar');
  bar.max = open + decided || 1;
  bar.value = open + decided ? decided : Number(finished);
  const text = state.count && !open && !decided ? 'Nothing suggested' : `${open.toLocaleString('en-GB')} open, ${decided.toLocaleString('en-GB')} decided`;
  $('progress-text').textContent = text + (finished ? ' · finished' : '');
  for (const [id, what, key] of [['undo', state.undo, 'z'], ['redo', state.redo, 'y']]) {
    $(id).disabled = !what;
    if (id === 'undo') $('thumb-undo').disabled = !what;
    $(id).title = what ? `${id === 'undo' ? 'Undo' : 'Redo'}: ${what} (${key})` : '';
  }
  $('finish').disabled = finished;
  $('finish-end').disabled = finished;
  $('finish-end').textContent = finished ? 'Finished' : 'Finish this document';
  $('ending-text').textContent = finished ? 'This document is finished.'
    : open ? `End of the document. ${open.toLocaleString('en-GB')} open.` : 'End of the document. Nothing is open.';
}

/** Fill the lists of the filters and of the dialog for many. */
export function drawChoices() {
  for (const id of ['filter-code', 'bulk-code']) {
    for (const code of state.codes.values()) {
      const option = make('option', '', code.name);
      option.value = String(code.code);
      $(id).append(option);
    }
  }
}

const speakers = new Set();

/** @param {object[]} segments learn who speaks */
export function learnSpeakers(segments) {
  for (const { speaker } of segments) {
    if (!speaker || speakers.has(speaker)) continue;
    speakers.add(speaker);
    const option = make('option', '', speaker);
    option.value = speaker;
    $('filter-speaker').append(option);
  }
}
