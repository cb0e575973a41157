/** The box in which a code is found by a few letters: one for every page. */
import { hueOf } from './state.js';
import { make } from './render.js';
import { plain, rank } from './panel.js';
import { name } from './say.js';

const $ = (id) => document.getElementById(id);

/** @type {{codes:() => object[], status:(code:object) => string, choose:(code:object) => void, none?:string}} */
let page = null;
let options = [];
let active = 0;

/** Open the box. */
export function openCodeBox() {
  $('add-text').value = '';
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
  option.append(sign, label, theme, make('span', 'option-p', page.status(code)));
  return option;
}

/** Fill the list with the codes that fit, the best first; of equal ones, in the page's order. */
function listOptions() {
  const typed = plain($('add-text').value.trim());
  options = page.codes()
    .map((code, k) => ({ code, k, fit: rank(code, typed) }))
    .filter((one) => one.fit < Infinity)
    .sort((a, b) => a.fit - b.fit || a.k - b.k)
    .map((one) => one.code);
  active = 0;
  $('add-list').replaceChildren(...options.map(drawOption));
  $('add-none').textContent = options.length ? '' : page.none || 'No code matches.';
  showActive();
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
 * @param {object} parts `codes` in the page's order, `status` beside a code, `choose` one, `none` where none fits
 */
export function wireCodeBox(parts) {
  page = parts;
  $('add-text').addEventListener('input', listOptions);
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
