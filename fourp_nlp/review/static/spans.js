/**
 * Passages: words that the reader chooses in the text, and codes on them.
 * The page counts as JavaScript does (UTF-16); the server counts characters (code points).
 */
import { state, codeOf, spanKey } from './state.js';
import { ensure } from './blocks.js';
import { enqueue } from './decide.js';
import { elementOf } from './render.js';
import { go } from './nav.js';
import { name, say } from './say.js';

const $ = (id) => document.getElementById(id);
const LONGEST = 120;
const QUIET = 150; // ms without a change after which a selection counts

/** @param {string} text @param {number} units @returns {number} characters before that many UTF-16 units */
export function pointsBefore(text, units) {
  let points = 0;
  for (let at = 0; at < units; points += 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return points;
}

/** @param {string} text @returns {number} its characters */
export function pointsIn(text) {
  return pointsBefore(text, text.length);
}

/** @param {string} text @param {number} at @param {1|-1} way @returns {number} never inside a character of two units */
function whole(text, at, way) {
  const inside = at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1]);
  return inside ? at + way : at;
}

/* ---- what is chosen ---- */

/** @param {{i:number,at:number}} one @param {{i:number,at:number}} other @returns {number} less than 0 where one is first */
function order(one, other) {
  return one.i - other.i || one.at - other.at;
}

/** @returns {string} the chosen words, those of several segments with a space between */
export function chosenText() {
  if (!state.chosen) return '';
  const { from, to } = state.chosen;
  const parts = [];
  for (let i = from.i; i <= to.i; i += 1) {
    const text = state.segments[i]?.text ?? '';
    parts.push(text.slice(i === from.i ? from.at : 0, i === to.i ? to.at : text.length));
  }
  return parts.join(' ');
}

/** Show what is chosen below the text. */
function showChosen() {
  const words = chosenText();
  $('chosen').hidden = !state.chosen;
  document.body.classList.toggle('has-chosen', Boolean(state.chosen));
  $('chosen-words').textContent = words.length > LONGEST ? `${words.slice(0, LONGEST / 2)}…${words.slice(-LONGEST / 2)}` : words;
}

/** Forget the chosen words. @returns {boolean} whether there were any */
export function leaveChosen() {
  const had = Boolean(state.chosen);
  state.chosen = null;
  showChosen();
  if (had) window.getSelection().removeAllRanges();
  return had;
}

/**
 * @param {Node} node @param {number} offset a place in the page
 * @returns {{i:number,at:number}|null} the same in the text of a segment
 */
function placeOf(node, offset) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  const box = element?.closest('.seg');
  if (!box) return null;
  const i = Number(box.dataset.i);
  const text = box.querySelector('.seg-text');
  const range = document.createRange();
  range.selectNodeContents(text);
  const side = range.comparePoint(node, offset);
  if (side < 0) return { i, at: 0 };
  if (side > 0) return { i, at: state.segments[i].text.length };
  range.setEnd(node, offset);
  return { i, at: range.toString().length };
}

/** Take over what is selected with the mouse, by touch, or by a reading aid. */
function readSelection() {
  const selection = window.getSelection();
  const root = $('text');
  if (!selection.rangeCount || !root.contains(selection.anchorNode) || !root.contains(selection.focusNode)) return;
  if (selection.isCollapsed) {
    if (state.chosen) leaveChosen();
    return;
  }
  const range = selection.getRangeAt(0);
  const from = placeOf(range.startContainer, range.startOffset);
  const to = placeOf(range.endContainer, range.endOffset);
  if (from && to) choose(from, to);
}

/**
 * Choose words; white space at their ends is left out.
 * @param {{i:number,at:number}} first @param {{i:number,at:number}} last
 * @returns {boolean} whether there are any
 */
function choose(first, last) {
  const from = { ...first };
  const to = { ...last };
  for (let i = from.i; i <= to.i; i += 1) if (!state.segments[i]) return false;
  from.at = whole(state.segments[from.i].text, from.at, -1);
  to.at = whole(state.segments[to.i].text, to.at, 1);
  while (order(from, to) < 0 && !/\S/.test(state.segments[from.i].text[from.at] ?? ' ')) {
    if (from.at >= state.segments[from.i].text.length) { from.i += 1; from.at = 0; } else from.at += 1;
  }
  while (order(from, to) < 0 && (to.at === 0 || !/\S/.test(state.segments[to.i].text[to.at - 1]))) {
    if (to.at === 0) { to.i -= 1; to.at = state.segments[to.i].text.length; } else to.at -= 1;
  }
  state.chosen = order(from, to) < 0 ? { from, to } : null;
  showChosen();
  return Boolean(state.chosen);
}

/* ---- with keys ---- */

const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;

/** @param {string} text @returns {{from:number,to:number}[]} its words and signs, without white space */
function words(text) {
  const parts = segmenter
    ? [...segmenter.segment(text)].map((one) => ({ from: one.index, to: one.index + one.segment.length }))
    : [...text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu)].map((hit) => ({ from: hit.index, to: hit.index + hit[0].length }));
  return parts.filter((part) => /\S/.test(text.slice(part.from, part.to)));
}

/**
 * @param {{i:number,at:number}} place @param {1|-1} way @param {'from'|'to'} edge which edge of a word
 * @returns {Promise<{i:number,at:number}|null>} the next such edge on that side
 */
async function nextEdge(place, way, edge) {
  for (let { i } = place; i >= 0 && i < state.count; i += way) {
    await ensure(i);
    const edges = words(state.segments[i].text).map((word) => word[edge]);
    const beyond = i === place.i ? edges.filter((at) => (way > 0 ? at > place.at : at < place.at)) : edges;
    if (beyond.length) return { i, at: way > 0 ? beyond[0] : beyond[beyond.length - 1] };
  }
  return null;
}

/** Show the chosen words as selected, and tell them. */
function select() {
  const end = (place) => {
    const walker = document.createTreeWalker(elementOf(place.i).querySelector('.seg-text'), NodeFilter.SHOW_TEXT);
    let left = place.at;
    let node = walker.nextNode();
    while (node && left > node.length) { left -= node.length; node = walker.nextNode(); }
    return node ? [node, left] : [elementOf(place.i).querySelector('.seg-text'), 0];
  };
  const { from, to } = state.chosen;
  window.getSelection().setBaseAndExtent(...end(from), ...end(to));
  elementOf(to.i).scrollIntoView({ block: 'nearest' });
  say('Chosen: ', name($('chosen-words').textContent));
}

/** @param {'right'|'left'|'down'|'up'} way move the end of the chosen words; without any, begin in this segment */
export async function extend(way) {
  const i = state.current;
  if (!state.segments[i] || state.moving) return;
  const ahead = way === 'right' || way === 'down';
  if (!state.chosen) {
    const all = words(state.segments[i].text);
    if (!ahead || !all.length) return;
    choose({ i, at: all[0].from }, { i, at: way === 'down' ? state.segments[i].text.length : all[0].to });
    select();
    return;
  }
  const { from, to } = state.chosen;
  let target;
  if (way === 'right' || way === 'left') target = await nextEdge(to, ahead ? 1 : -1, 'to');
  else {
    const last = (await ensure(to.i)).text.trimEnd().length;
    const next = ahead ? (to.at < last ? to.i : to.i + 1) : to.i - 1;
    if (next < 0 || next >= state.count) return;
    target = { i: next, at: (await ensure(next)).text.length };
  }
  if (!target) return;
  if (order(from, target) < 0) { choose(from, target); select(); } else if (leaveChosen()) say('No words are chosen.');
}

/** @param {'right'|'left'} way move the beginning of the chosen words */
export async function moveBeginning(way) {
  if (!state.chosen) return;
  const { from, to } = state.chosen;
  const target = await nextEdge(from, way === 'right' ? 1 : -1, 'from');
  if (target && order(target, to) < 0) { choose(target, to); select(); }
}

/* ---- codes on them ---- */

/** @param {{i:number,at:number}} place @returns {number} the same in the document, in characters */
function inDocument({ i, at }) {
  const segment = state.segments[i];
  return segment.start + pointsBefore(segment.text, at);
}

/** @param {object} place start, end and code @param {boolean} value give the code, or take it away */
function send(place, value) {
  return enqueue('span', '/api/spans', { document: state.document, sha256: state.sha256, ...place, value });
}

/** @param {number} code give the chosen words this code */
export async function giveChosen(code) {
  const { from } = state.chosen;
  const place = { start: inDocument(from), end: inDocument(state.chosen.to), code };
  const answer = await send(place, true);
  if (!answer) return;
  leaveChosen();
  await go(from.i, { span: spanKey(place), mark: code });
  say('Given: ', name(codeOf(code).name), answer.segments.length ? '.' : ', as before.');
}

/** @param {object} span take the code away from the words that it is on */
export async function removeSpan(span) {
  const i = state.current;
  const answer = await send({ start: span.start, end: span.end, code: span.code }, false);
  if (!answer) return;
  await go(i);
  say('Taken away: ', name(codeOf(span.code).name), '. Press z to undo.');
}

/** Wire mouse and touch. */
export function wireSpans() {
  let timer = 0;
  let held = false;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!held) readSelection(); }, QUIET);
  };
  document.addEventListener('pointerdown', () => { held = true; });
  for (const kind of ['pointerup', 'pointercancel']) {
    document.addEventListener(kind, () => { held = false; later(); });
  }
  document.addEventListener('selectionchange', later);
}
