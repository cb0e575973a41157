/** Move through the text: one current segment, one current mark in it. */
import {
  state, firstMark, markOf, narrowed, onlyUnsure, openMarks, passes, filtering, spanKey, spanOf,
} from './state.js';
import { get } from './api.js';
import { ensure } from './blocks.js';
import { elementOf, paintCurrent, paintRing, paintText } from './render.js';
import { paintPanel } from './panel.js';
import { say, warn } from './say.js';

let latest = 0;
let hashTimer = 0;

/** @param {number} i @returns {number[]} segments in which its passages go on */
function continued(i) {
  const spans = state.segments[i]?.spans ?? [];
  if (!spans.length) return [];
  const numbers = [];
  const ends = Math.max(...spans.map((span) => span.end));
  const starts = Math.min(...spans.map((span) => span.start));
  for (let k = i - 1; state.segments[k] && state.segments[k].start + state.segments[k].text.length > starts; k -= 1) numbers.push(k);
  for (let k = i + 1; state.segments[k] && state.segments[k].start < ends; k += 1) numbers.push(k);
  return numbers;
}

/** @returns {number} height that the header covers */
function covered() {
  const top = document.getElementById('top');
  return getComputedStyle(top).position === 'sticky' ? top.offsetHeight : 0;
}

/** Bring the current segment into the quiet part of the view. @param {boolean} always */
function scrollToCurrent(always) {
  const box = elementOf(state.current);
  if (!box) return;
  const thumb = document.querySelector('.thumb');
  const from = covered();
  const until = window.innerHeight - (thumb ? thumb.offsetHeight : 0);
  const room = until - from;
  const { top, bottom } = box.getBoundingClientRect();
  if (!always && top >= from + room * 0.08 && bottom <= from + room * 0.8) return;
  const wanted = bottom - top > room * 0.6 ? from + 12 : from + room * 0.3;
  window.scrollBy({ top: top - wanted, behavior: 'auto' });
}

/** Put the focus on the current segment. */
export function focusText() {
  const box = elementOf(state.current);
  if (box) box.focus({ preventScroll: true });
}

/**
 * Make a segment the current one.
 * @param {number} i
 * @param {{mark?:number|null, span?:string|null, focus?:boolean, scroll?:boolean}} [how]
 * @returns {Promise<boolean>} whether we are there
 */
export async function go(i, { mark, span = null, focus = true, scroll = true } = {}) {
  latest += 1;
  const mine = latest;
  let far = false;
  if (!state.segments[i]) {
    state.moving = true;
    far = true;
    try {
      await ensure(i);
    } catch (error) {
      if (mine === latest) warn('This part of the text could not be loaded. Trying again when it is in view.');
      return false;
    } finally {
      if (mine === latest) state.moving = false;
    }
    if (mine !== latest) return false;
  }
  state.moving = false;
  const segment = state.segments[i];
  if (!segment) return false;
  const before = state.current;
  state.current = i;
  state.mark = mark !== undefined && (mark === null || markOf(segment, mark)) ? mark : firstMark(segment);
  const passed = span !== null && spanOf(segment, span);
  const alone = mark === undefined && state.mark === null && segment.spans.length > 0;
  state.span = passed ? span : alone ? spanKey(segment.spans[0]) : null;
  if (state.span !== null) state.mark = null;
  if (before !== i && before >= 0) for (const one of continued(before)) paintText(one);
  for (const one of continued(i)) paintText(one);
  if (before !== i && before >= 0) paintCurrent(before);
  paintCurrent(i);
  paintPanel();
  if (scroll) scrollToCurrent(far);
  if (far) requestAnimationFrame(() => { if (state.current === i) scrollToCurrent(true); });
  if (focus) focusText();
  clearTimeout(hashTimer);
  hashTimer = setTimeout(() => history.replaceState(null, '', `#s${state.current}`), 500);
  return true;
}

/** @returns {number} the segment to step from: the current one, or what is in view when that is far away */
function here() {
  const box = elementOf(state.current);
  if (box) {
    const { top, bottom } = box.getBoundingClientRect();
    if (bottom > covered() && top < window.innerHeight) return state.current;
  }
  const text = document.getElementById('text').getBoundingClientRect();
  for (let y = covered() + 20; y < window.innerHeight; y += 40) {
    const seg = document.elementFromPoint(text.left + Math.min(120, text.width / 2), y)?.closest('.seg');
    if (seg) return -1 - Number(seg.dataset.i); // negative: go to this very one
  }
  return state.current;
}

/** @param {1|-1} way go to the next or previous segment that the filters show */
export async function step(way) {
  const from = here();
  if (from < -1 || (from === -1 && state.current !== -1)) return go(-1 - from);
  for (let i = from + way; i >= 0 && i < state.count; i += way) {
    if (!state.segments[i]) {
      if (!filtering()) return go(i);
      if (!await fetchQuietly(i)) return false;
    }
    if (!filtering() || passes(state.segments[i])) return go(i);
  }
  say(way > 0 ? 'This is the last segment.' : 'This is the first segment.');
  return false;
}

/** @param {number} i @returns {Promise<boolean>} */
async function fetchQuietly(i) {
  state.moving = true;
  try {
    await ensure(i);
    return Boolean(state.segments[i]);
  } catch (error) {
    warn('The server does not answer.');
    return false;
  } finally {
    state.moving = false;
  }
}

/** @param {object} segment @returns {boolean} */
function hasOpen(segment) {
  return openMarks(segment).length > 0 && (state.filters.speaker === null || segment.speaker === state.filters.speaker);
}

/**
 * Go to the next or previous open suggestion, around the end if need be.
 * @param {1|-1} way
 * @returns {Promise<boolean>}
 */
export async function stepOpen(way) {
  const segment = state.segments[state.current];
  const inside = segment ? segment.marks : [];
  const at = inside.findIndex((mark) => mark.code === state.mark);
  const open = segment && hasOpen(segment) ? openMarks(segment) : [];
  const rest = open.filter((mark) => (way > 0 ? inside.indexOf(mark) > at : inside.indexOf(mark) < at));
  if (rest.length) return go(state.current, { mark: rest[way > 0 ? 0 : rest.length - 1].code });
  const narrow = narrowed();
  let i = state.current;
  for (let walked = 0; walked < state.count; walked += 1) {
    i = (i + way + state.count) % state.count;
    if (!state.segments[i]) {
      if (!narrow) {
        const found = await askOpen(i, way);
        if (found === null) break;
        const jumped = way > 0 ? (found - i + state.count) % state.count : (i - found + state.count) % state.count;
        walked += jumped;
        i = found;
        if (walked >= state.count) break;
      }
      if (!await fetchQuietly(i)) return false;
    }
    if (hasOpen(state.segments[i])) {
      const marks = openMarks(state.segments[i]);
      return go(i, { mark: marks[way > 0 ? 0 : marks.length - 1].code });
    }
  }
  if (open.length) return go(state.current, { mark: open[0].code });
  say(narrow ? 'No open suggestion fits what is shown.' : 'No suggestion is open here. Press Shift+F to finish the document.');
  return false;
}

/** @param {number} i first segment that may be it @param {1|-1} way @returns {Promise<number|null>} */
async function askOpen(i, way) {
  state.moving = true;
  try {
    const answer = await get(`/api/documents/${state.document}/open`, way > 0 ? { after: i - 1 } : { before: i + 1 });
    return answer.i;
  } catch (error) {
    warn('The server does not answer.');
    return null;
  } finally {
    state.moving = false;
  }
}

/** Go to the most unsure open suggestion; when already there, to the next most unsure that is loaded. */
export async function goUnsure() {
  state.moving = true;
  let answer = { i: null };
  try {
    answer = await get(`/api/documents/${state.document}/open`, { after: state.current, uncertain: true });
    if (answer.i !== null) await ensure(answer.i);
  } catch (error) {
    warn('The server does not answer.');
    return false;
  } finally {
    state.moving = false;
  }
  const target = answer.i === null ? null : state.segments[answer.i];
  const mark = target && markOf(target, answer.code);
  const there = answer.i === state.current && answer.code === state.mark;
  if (mark && mark.state === 'suggested' && !there) return go(answer.i, { mark: answer.code });
  const near = [];
  for (const segment of state.segments) {
    if (!segment) continue;
    for (const one of segment.marks) {
      if (one.state === 'suggested' && one.p !== null) near.push([Math.abs(one.p - 0.5), segment.i, one.code]);
    }
  }
  near.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const at = near.findIndex(([, i, code]) => i === state.current && code === state.mark);
  const next = near[at + 1] || near[0];
  if (next) return go(next[1], { mark: next[2] });
  say('No suggestion is open here.');
  return false;
}

/** After a decision: the open ones of this segment first, then the next. */
export function goOn() {
  if (onlyUnsure()) return goUnsure();
  const segment = state.segments[state.current];
  const open = segment ? openMarks(segment) : [];
  if (open.length) return go(state.current, { mark: open[0].code });
  return stepOpen(1);
}

/** @param {1|-1} way move between the marks and passages of the current segment */
export function stepMark(way) {
  const segment = state.segments[state.current];
  if (!segment) return;
  const all = [...segment.marks.map((mark) => ({ code: mark.code })), ...segment.spans.map((span) => ({ key: spanKey(span) }))];
  if (!all.length) return;
  const at = all.findIndex((one) => (state.span === null ? one.code === state.mark : one.key === state.span));
  const to = all[(at + way + all.length) % all.length];
  if (to.key) setSpan(to.key);
  else setMark(to.code);
}

/** @param {number} code make this mark of the current segment the current one */
export function setMark(code) {
  if (state.mark === code && state.span === null) return;
  state.mark = code;
  state.span = null;
  repaint();
}

/** @param {string} key make this passage of the current segment the current one */
export function setSpan(key) {
  if (state.span === key) return;
  state.mark = null;
  state.span = key;
  repaint();
}

/** Show which mark or passage is current. */
function repaint() {
  paintRing(state.current);
  for (const one of continued(state.current)) paintText(one);
  paintPanel();
}
