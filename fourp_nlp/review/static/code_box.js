/** The box in which a code is found by a few letters: one for every page. */
import { hueOf } from './state.js';
import { make } from './render.js';
import { plain, rank } from './panel.js';
import { name } from './say.js';

const $ = (id) => document.getElementById(id);

const SETTLING = 700; // milliseconds in which further digits belong to a number that was taken at once

/** @type {{codes:() => object[], status:(code:object) => string, choose:(code:object) => void, numberOf:(code:object) => number, none?:string}} */
let page = null;
let options = [];
let active = 0;
let taken = -Infinity;

/** Open the box. @param {string} [text] what is typed in it already */
export function openCodeBox(text = '') {
  $('add-text').value = text;
  $('add').showModal();
  listOptions();
  $('add-text').focus();
}

/** @param {string} text shown above the box, cut where it is long */
export function quoteInCodeBox(text) {
  $('add-quote').textContent = text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** @param {object} code @param {number} k its place @returns {HTMLElement} */
function drawOption(code, k) {
  const option = make('li', 'option');
  option.id = `option-${k}`;
  option.setAttribute('role', 'option');
  const sign = make('span', `swatch ${hueOf(code.code)}`);
  sign.setAttribute('aria-hidden', 'true');
  const label = make('span', 'option-name');
  label.append(name(code.name));
  const theme = make('span', 'option-theme');
  theme.append(name(code.theme || ''));
  option.append(sign, make('span', 'option-number', String(page.numberOf(code))), label, theme, make('span', 'option-p', page.status(code)));
  return option;
}

/** @param {object} code @param {string} digits @returns {boolean} whether the code's number is this, or may become it */
function hasNumber(code, digits) {
  const number = String(page.numberOf(code));
  const longest = String(Math.max(...page.codes().map(page.numberOf))).length;
  return number.startsWith(digits) || number.padStart(longest, '0').startsWith(digits);
}

/**
 * How well a code fits what was typed: a number after #, or a number or letters.
 * @param {object} code
 * @param {string} typed already plain
 * @returns {number} less is better, Infinity is not at all
 */
function fit(code, typed) {
  const [, sign, digits] = /^(#?)\s*(\d*)$/.exec(typed) || [];
  if (digits && page.numberOf(code) === Number(digits)) return -1;
  if (sign) return hasNumber(code, digits) ? 0 : Infinity;
  return rank(code, typed);
}

/** Fill the list with the codes that fit, the best first; of equal ones, in the page's order. */
function listOptions() {
  const typed = plain($('add-text').value.trim());
  const numbered = /^#/.test(typed) ? (one, two) => page.numberOf(one.code) - page.numberOf(two.code) : (one, two) => one.k - two.k;
  options = page.codes()
    .map((code, k) => ({ code, k, fit: fit(code, typed) }))
    .filter((one) => one.fit < Infinity)
    .sort((a, b) => a.fit - b.fit || numbered(a, b))
    .map((one) => one.code);
  active = 0;
  $('add-list').replaceChildren(...options.map(drawOption));
  $('add-none').textContent = options.length ? '' : page.none || 'No code matches.';
  showActive();
}

/** Take a code whose number was typed, if no further digit and no other code can be meant. */
function takeNumber() {
  const digits = /^#?\s*(\d+)$/.exec($('add-text').value.trim())?.[1];
  if (!digits || options.length !== 1 || page.numberOf(options[0]) !== Number(digits)) return;
  if (page.codes().some((code) => code !== options[0] && hasNumber(code, digits))) return;
  taken = performance.now();
  choose(0);
}

/** Mark the option that Enter takes. */
function showActive() {
  [...$('add-list').children].forEach((option, k) => option.setAttribute('aria-selected', String(k === active)));
  const option = $(`option-${active}`);
  if (option) {
    $('add-text').setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else $('add-text').removeAttribute('aria-activedescendant');
}

/** @param {number} k take this option */
function choose(k) {
  const code = options[k];
  if (!code) return;
  $('add').close();
  page.choose(code);
}

/**
 * Wire the box; called once.
 * @param {object} parts `codes` in the page's order, `status` beside a code, `choose` one, `none` where none fits;
 *   `numberOf` a code, if that is not its place in the codebook
 */
export function wireCodeBox(parts) {
  page = { numberOf: (code) => code.code + 1, ...parts };
  $('add-text').addEventListener('input', (event) => {
    listOptions();
    if (!event.isComposing) takeNumber();
  });
  // A digit too many must not be taken for a key of the page.
  document.addEventListener('keydown', (event) => {
    if (/^\d$/.test(event.key) && performance.now() - taken < SETTLING && !$('add').open) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
  $('add-text').addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const last = options.length - 1;
    const to = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      active = to;
      showActive();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (!event.repeat) choose(active);
    }
  });
  $('add-list').addEventListener('click', (event) => {
    const option = event.target.closest('.option');
    if (option) choose([...$('add-list').children].indexOf(option));
  });
}
