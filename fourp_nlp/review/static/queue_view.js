/** One candidate of a queue: the passage, what the machine says, the definition, and what comes next. */
import { fillDefinition } from './panel.js';
import { highlights, make } from './render.js';
import { counted, hueOf, percent, state } from './state.js';
import { fill, name } from './say.js';
import { isFiltered, isFixed, keyOf, now, queue } from './queue_state.js';

const STATES = {
  open: 'open', accepted: 'accepted', rejected: 'rejected', blind: 'coded earlier, without suggestions',
  'blind-no': 'not given earlier, without suggestions',
};
const SIGNS = { open: '', accepted: '✓', rejected: '✕', blind: '✓', 'blind-no': '✕' };
const ABOVE = 3; // candidates before this one that are listed
const BELOW = 12;
const EXCERPT = 110; // characters
const $ = (id) => document.getElementById(id);

/** @param {number} code @returns {HTMLElement} coloured sign of a code */
function swatch(code) {
  const sign = make('span', `swatch ${hueOf(code)}`);
  sign.setAttribute('aria-hidden', 'true');
  return sign;
}

/** Counts, undo and redo in the header. */
export function paintStanding() {
  const { open, accepted, rejected } = queue.counts;
  const decided = accepted + rejected;
  $('bar').max = open + decided || 1;
  $('bar').value = decided;
  $('progress-text').textContent = `${open.toLocaleString('en-GB')} open, ${decided.toLocaleString('en-GB')} decided`
    + (isFiltered() ? ' in these filters' : '');
  for (const [id, what, key] of [['undo', queue.undo, 'z'], ['redo', queue.redo, 'y']]) {
    $(id).disabled = !what;
    $(id).title = what ? `${id === 'undo' ? 'Undo' : 'Redo'}: ${what} (${key})` : '';
  }
  $('thumb-undo').disabled = !queue.undo;
}

/** @param {object} item its text, with the words that led to the suggestion @returns {Node[]} */
function textOf(item) {
  const parts = [];
  let at = 0;
  for (const place of highlights(item.text, item.words, '')) {
    if (place.from > at) parts.push(document.createTextNode(item.text.slice(at, place.from)));
    parts.push(make('mark', place.kind, item.text.slice(place.from, place.to)));
    at = place.to;
  }
  parts.push(document.createTextNode(item.text.slice(at)));
  return parts;
}

/** @param {object} item what the machine says @returns {string} */
function likely(item) {
  if (item.p === null) return 'The machine says nothing of this.';
  if (item.suggested || item.threshold === null) return `${percent(item.p)} likely`;
  return `${percent(item.p)} likely, below the threshold of ${percent(item.threshold)}`;
}

/** The machine, and the decision. */
export function paintDecision() {
  const item = now();
  if (!item) return;
  const code = state.codes.get(item.code_number);
  fill($('why-code'), swatch(item.code_number), name(code.name));
  $('why-state').textContent = STATES[item.state] + (item.bulk ? ', together with others' : '');
  $('why-meter').value = Math.round((item.p || 0) * 100);
  $('why-percent').textContent = likely(item);
  $('why-reason').textContent = item.why;
  $('why-reason').hidden = !item.why;
  const fixed = isFixed(item);
  $('why-accept').hidden = fixed || item.state === 'accepted';
  $('why-reject').hidden = fixed || item.state === 'rejected';
  $('why-reopen').hidden = fixed || item.state === 'open';
  $('thumb-accept').disabled = $('why-accept').hidden;
  $('thumb-reject').disabled = $('why-reject').hidden;
  paintRow();
}

/** What comes before and after this candidate. */
function paintRow() {
  const from = Math.max(0, queue.at - ABOVE);
  const held = $('row').contains(document.activeElement);
  $('row').replaceChildren(...queue.items.slice(from, queue.at + BELOW + 1).map((item, k) => {
    const line = make('li');
    const button = make('button', `queue-item is-${item.state}`);
    button.type = 'button';
    button.dataset.do = 'go';
    button.dataset.key = keyOf(item);
    if (from + k === queue.at) button.setAttribute('aria-current', 'true');
    const sign = make('span', 'queue-sign', SIGNS[item.state]);
    sign.setAttribute('aria-hidden', 'true');
    const cut = Array.from(item.text.slice(0, 2 * EXCERPT));
    const text = make('span', 'queue-text');
    text.append(name(cut.length > EXCERPT ? `${cut.slice(0, EXCERPT).join('')}…` : cut.join('')));
    const likelihood = make('span', 'queue-p', percent(item.p));
    button.append(sign, text);
    if (queue.filters.code === '') button.append(swatch(item.code_number), name(state.codes.get(item.code_number).name));
    button.append(likelihood, make('span', 'sr', `, ${STATES[item.state]}`));
    line.append(button);
    return line;
  }));
  $('row').classList.toggle('is-of-all-codes', queue.filters.code === '');
  if (held) $('passage').focus({ preventScroll: true });
}

let defined = null;

/** @param {number} number show the definition of this code */
function paintDefinition(number) {
  if (defined === number) return;
  defined = number;
  const code = state.codes.get(number);
  fill($('definition-theme'), name(code.theme || ''));
  fill($('definition-name'), swatch(number), name(code.name));
  $('definition-number').textContent = `Code ${number + 1} of ${state.codes.size}`;
  $('definition').replaceChildren();
  fillDefinition($('definition'), code);
  $('side').scrollTop = 0;
}

/** Show the candidate where one is, or the end. */
export function paint() {
  const item = now();
  $('passage').hidden = !item;
  $('ending').hidden = Boolean(item);
  $('thumb').hidden = !item;
  paintStanding();
  if (!item) {
    paintEnding();
    return;
  }
  $('place').replaceChildren(name(item.document), document.createTextNode(`, segment ${(item.segment + 1).toLocaleString('en-GB')}`));
  $('open-document').href = `/documents/${item.number}#s${item.segment}`;
  $('speaker').hidden = !item.speaker;
  fill($('speaker'), name(item.speaker));
  for (const part of ['before', 'after']) {
    $(part).hidden = !item[part];
    $(part).textContent = item[part];
  }
  $('now').replaceChildren(...textOf(item));
  $('cut').hidden = !item.cut;
  paintDefinition(item.code_number);
  paintDecision();
}

/** @returns {object|undefined} the next code with open suggestions */
export function nextCode() {
  if (queue.filters.code === '') return undefined;
  const here = Number(queue.filters.code);
  const order = [...queue.codes.slice(here + 1), ...queue.codes.slice(0, here)];
  return order.find((code) => queue.open[code.code] > 0);
}

/** What can be done at the end. */
function paintEnding() {
  const { open } = queue.counts;
  const one = queue.filters.code !== '' && state.codes.get(Number(queue.filters.code));
  if (one) paintDefinition(one.code);
  const something = queue.items.length > 0;
  $('ending-title').textContent = !something ? 'There is nothing here'
    : open ? 'End of the queue' : 'Everything is decided';
  const filtered = isFiltered();
  $('ending-text').textContent = open ? `${counted(open, 'candidate')} ${open === 1 ? 'is' : 'are'} still open${filtered ? ' in these filters' : ''}.`
    : `No candidate is open${filtered ? ' in these filters' : ''}.`;
  const next = nextCode();
  $('next-code').hidden = !next;
  if (next) fill($('next-code'), 'Next code: ', name(next.name), ` (${queue.open[next.code].toLocaleString('en-GB')} open)`);
  $('restart').hidden = !open && queue.filters.state === 'open';
  $('go-others').hidden = !one || queue.filters.scope !== 'suggested';
  $('ending-clear').hidden = !filtered;
}
