/** The codebook beside a drawn segment: each code is given with a click, its definition stands below it. */
import { plain, rank } from './panel.js';
import { make } from './render.js';
import { hueOf } from './state.js';
import { name } from './say.js';

const $ = (id) => document.getElementById(id);
const KEPT = 'fourp-definitions';
const FEW = 6; // codes whose whole definitions are shown at once
/** @type {Map<number, {item:HTMLElement, button:HTMLButtonElement, code:object}>} */
const entries = new Map();

/**
 * @param {object[]} codes
 * @param {number} numbered how many have a number
 * @param {(code:number) => void} toggle called when a code is clicked
 */
export function drawBook(codes, numbered, toggle) {
  const themes = new Map();
  codes.forEach((code, k) => {
    const theme = code.theme || 'Codes';
    if (!themes.has(theme)) themes.set(theme, make('ul', 'book-codes'));
    themes.get(theme).append(drawEntry(code, k < numbered ? String(k + 1) : ''));
  });
  for (const [theme, list] of themes) {
    const group = make('section', 'theme');
    const title = make('h3', 'side-sub');
    title.append(name(theme));
    group.append(title, list);
    $('book-list').append(group);
  }
  let open = codes.length <= FEW;
  try {
    open = (localStorage.getItem(KEPT) || String(open)) === 'true';
  } catch (error) { /* a browser that keeps nothing */ }
  setDefinitions(open);
  $('book-list').addEventListener('click', (event) => {
    const button = event.target.closest('.give');
    if (button && !button.disabled) toggle(Number(button.dataset.code));
  });
  $('book-find').addEventListener('input', () => searchBook($('book-find').value));
  $('book-none').hidden = codes.length > 0;
  if (!codes.length) $('book-none').textContent = 'The codebook is empty.';
}

/** @param {object} code @param {string} number @returns {HTMLElement} */
function drawEntry(code, number) {
  const item = make('li', `book-code ${hueOf(code.code)}`);
  const button = make('button', 'give');
  button.type = 'button';
  button.dataset.code = String(code.code);
  button.setAttribute('aria-pressed', 'false');
  const sign = make('span', 'swatch');
  sign.setAttribute('aria-hidden', 'true');
  const label = make('span', 'book-label');
  label.append(name(code.name));
  button.append(sign, label);
  if (number) {
    const key = make('kbd', '', number);
    key.setAttribute('aria-hidden', 'true');
    button.append(key);
  }
  const rest = make('div', 'book-rest');
  const part = (title, text) => {
    const texts = (Array.isArray(text) ? text : [text]).filter(Boolean);
    if (texts.length) rest.append(make('h4', 'book-part', title));
    for (const one of texts) {
      const line = make('p', title === 'Examples' ? 'book-example' : '', one);
      line.dir = 'auto';
      rest.append(line);
    }
  };
  if (code.full !== code.short) part('Definition', code.full);
  part('When to use', code.when);
  part('Not for', code.not);
  part('Examples', code.examples);
  const body = make(rest.firstChild ? 'details' : 'p', 'book-body');
  if (rest.firstChild) {
    const summary = make('summary', 'book-short');
    summary.append(name(code.short || 'Definition'));
    body.append(summary, rest);
  } else body.append(name(code.short || ''));
  item.append(button, body);
  entries.set(code.code, { item, button, code });
  return item;
}

/**
 * Show which codes the segment has.
 * @param {{codes:number[]}} answer
 * @param {(code:number) => boolean} closed whether a code cannot be given here
 */
export function paintBook(answer, closed) {
  for (const [code, { button }] of entries) {
    button.setAttribute('aria-pressed', String(answer.codes.includes(code)));
    button.disabled = closed(code);
  }
}

/** @param {string} text show only the codes that fit */
export function searchBook(text) {
  const typed = plain(text.trim());
  let shown = 0;
  for (const { item, code } of entries.values()) {
    const words = [code.full, code.when, ...code.not, ...code.examples].map(plain);
    const fits = rank(code, typed) < Infinity || words.some((one) => one.includes(typed));
    item.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const group of $('book-list').children) group.hidden = !group.querySelector('.book-code:not([hidden])');
  $('book-none').hidden = shown > 0;
}

/** @param {boolean} open show the whole definitions, or their first lines */
function setDefinitions(open) {
  for (const { item } of entries.values()) {
    const details = item.querySelector('details');
    if (details) details.open = open;
  }
  $('definitions').setAttribute('aria-pressed', String(open));
}

/** Show or hide all whole definitions, and keep to that. */
export function showDefinitions() {
  const open = $('definitions').getAttribute('aria-pressed') !== 'true';
  setDefinitions(open);
  try {
    localStorage.setItem(KEPT, String(open));
  } catch (error) { /* a browser that keeps nothing */ }
}
