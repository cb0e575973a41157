/** How passages are drawn: in the text, and in the margin. */
import { state, codeOf, hueOf, spanKey } from './state.js';
import { make } from './render.js';
import { name } from './say.js';

const LONGEST_QUOTE = 40;
const WORDS = { span: 'given to these words', earlier: 'coded earlier' };

/** @param {string} text @param {number} points @returns {number} UTF-16 units before that many characters */
export function unitsBefore(text, points) {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/**
 * @param {object} segment
 * @returns {{from:number,to:number,hue:string,now:boolean}[]} where passages are in its text
 */
export function spanPlaces(segment) {
  return segment.spans.map((span) => ({
    from: unitsBefore(segment.text, Math.max(0, span.start - segment.start)),
    to: unitsBefore(segment.text, span.end - segment.start),
    hue: hueOf(span.code),
    now: segment.i >= 0 && spanKey(span) === state.span,
  })).filter((place) => place.from < place.to);
}

/**
 * Split highlights and passages, which may overlap, into pieces that do not.
 * @param {{from:number,to:number,kind:string}[]} places
 * @param {{from:number,to:number,hue:string,now:boolean}[]} spans
 * @returns {{from:number,to:number,tag:string,kind:string}[]}
 */
export function mergePlaces(places, spans) {
  const edges = [...new Set([...places, ...spans].flatMap((one) => [one.from, one.to]))].sort((a, b) => a - b);
  const pieces = [];
  for (let k = 0; k + 1 < edges.length; k += 1) {
    const [from, to] = [edges[k], edges[k + 1]];
    const over = (one) => one.from <= from && one.to >= to;
    const place = places.find(over);
    const covering = spans.filter(over);
    if (!place && !covering.length) continue;
    const kinds = place ? [place.kind] : [];
    if (covering.length) {
      const top = covering.find((one) => one.now) || covering[covering.length - 1];
      kinds.push('in-span', top.hue);
      if (top.now) kinds.push('is-now');
      if (covering.length > 1) kinds.push('is-several');
    }
    pieces.push({ from, to, tag: place ? 'mark' : 'span', kind: kinds.join(' ') });
  }
  return pieces;
}

/** @returns {Node[]} the sign that there is a memo */
export function memoSign() {
  const sign = make('span', 'mark-memo', '\u270e');
  sign.setAttribute('aria-hidden', 'true');
  return [sign, make('span', 'sr', ', with a memo')];
}

/** @param {object} segment @param {object} span @param {boolean} here @returns {HTMLElement} its mark in the margin */
function drawSpan(segment, span, here) {
  const key = spanKey(span);
  const now = here && key === state.span;
  const begins = span.start >= segment.start;
  const item = make('li', `mark ${hueOf(span.code)} is-${span.state === 'earlier' ? 'blind' : 'span'}${now ? ' is-current' : ''}`);
  const label = make('button', 'mark-label');
  label.type = 'button';
  label.dataset.code = String(span.code);
  label.dataset.span = key;
  label.tabIndex = here ? 0 : -1;
  if (now) label.setAttribute('aria-current', 'true');
  label.append(...(begins ? [] : ['… ']), name(codeOf(span.code).name));
  label.append(make('span', 'sr', `, ${WORDS[span.state]}${begins ? '' : ', continued'}`));
  if (begins) {
    const [from, to] = [span.start, span.end].map((place) => unitsBefore(segment.text, place - segment.start));
    const words = Array.from(segment.text.slice(from, to));
    const quote = make('span', 'mark-quote');
    const cut = words.length > LONGEST_QUOTE;
    quote.append(' “', name(words.slice(0, LONGEST_QUOTE).join('') + (cut ? '…' : '')), '”');
    label.append(quote);
  }
  if (span.memo) label.append(...memoSign());
  item.append(label);
  return item;
}

/** @param {object} segment @param {boolean} here whether it is the current segment @returns {HTMLElement[]} */
export function drawSpans(segment, here) {
  return segment.spans.map((span) => drawSpan(segment, span, here));
}
