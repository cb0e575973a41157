/** Draw segments and their marks. One segment at a time; never the whole page. */
import {
  state, codeOf, hueOf, markOf, percent, passes, filtering,
} from './state.js';
import { drawSpans, mergePlaces, spanPlaces, memoSign } from './span_marks.js';
import { name } from './say.js';

const STATES = { suggested: 'suggested', accepted: 'accepted', rejected: 'rejected', blind: 'coded earlier' };
const NOTES = { unsaved: 'not saved yet: trying again', elsewhere: 'changed elsewhere' };
const MOST_HIGHLIGHTS = 400;
const LONGEST_LABEL = 60;
const LONGEST_READ = 2000; // characters read out when a segment becomes the current one

/** @type {Map<number, HTMLElement>} */
const elements = new Map();

/** @param {string} tag @param {string} [className] @param {string} [text] @returns {HTMLElement} */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** @param {number} i @returns {HTMLElement|undefined} */
export function elementOf(i) {
  return elements.get(i);
}

/**
 * @param {object} segment
 * @returns {HTMLElement} the segment, ready to put in its block
 */
export function drawSegment(segment) {
  const box = make('div', 'seg');
  box.id = `s${segment.i}`;
  box.dataset.i = String(segment.i);
  box.tabIndex = -1;
  box.setAttribute('role', 'group');
  const number = make('span', 'seg-number', String(segment.i + 1));
  number.setAttribute('aria-hidden', 'true');
  const body = make('div', 'seg-body');
  const before = state.segments[segment.i - 1];
  if (segment.speaker) {
    const same = before && before.speaker === segment.speaker;
    const speaker = make('p', same ? 'seg-speaker is-same' : 'seg-speaker');
    speaker.append(name(segment.speaker));
    body.append(speaker);
  }
  if (!before || before.paragraph !== segment.paragraph) box.classList.add('is-new-paragraph');
  if (['heading', 'bullet'].includes(segment.role)) box.classList.add(`is-${segment.role}`);
  if (segment.context) box.classList.add('is-context');
  const text = make('p', 'seg-text');
  text.dir = 'auto';
  if (segment.role === 'heading') {
    text.setAttribute('role', 'heading');
    text.setAttribute('aria-level', '2');
  }
  body.append(text);
  const side = make('div', 'seg-side');
  text.id = `t${segment.i}`;
  side.id = `m${segment.i}`;
  box.setAttribute('aria-describedby', segment.text.length < LONGEST_READ ? `${text.id} ${side.id}` : side.id);
  box.append(number, body, side);
  elements.set(segment.i, box);
  box.setAttribute('aria-label', `Segment ${segment.i + 1}${segment.context ? ", interviewer's words" : ''}`);
  paintText(segment.i);
  paintMarks(segment.i);
  if (filtering()) box.classList.toggle('is-hidden', !passes(segment) && segment.i !== state.current);
  return box;
}

/** @param {string[]} words @param {string} tail @returns {RegExp} */
function pattern(words, tail) {
  const sorted = words.slice().sort((a, b) => b.length - a.length);
  const escaped = sorted.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})${tail}`, 'giu');
}

/**
 * @param {string} text
 * @param {string[]} words
 * @param {string} find
 * @returns {{from:number,to:number,kind:string}[]} places to highlight, in order, without overlap
 */
export function highlights(text, words, find) {
  const places = [];
  const collect = (regex, kind) => {
    for (const hit of text.matchAll(regex)) {
      if (hit[0]) places.push({ from: hit.index, to: hit.index + hit[0].length, kind });
      if (places.length >= MOST_HIGHLIGHTS) break;
    }
  };
  if (find) collect(new RegExp(find.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu'), 'found');
  const wanted = words.filter(Boolean);
  if (wanted.length) {
    const already = places.length;
    collect(pattern(wanted, '(?![\\p{L}\\p{N}])'), 'because');
    if (places.length === already) collect(pattern(wanted, ''), 'because');
  }
  places.sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return places.filter((place) => {
    if (place.from < end) return false;
    end = place.to;
    return true;
  });
}

/** Write the text of a segment, with the words that led to the current mark. @param {number} i */
export function paintText(i) {
  const box = elements.get(i);
  const segment = state.segments[i];
  if (!box || !segment) return;
  const target = box.querySelector('.seg-text');
  const mark = i === state.current && state.span === null ? markOf(segment, state.mark) : undefined;
  const words = (mark && mark.words) || [];
  const spans = spanPlaces(segment);
  const key = `${words.join('\u0000')}\u0001${state.find.text}\u0001${JSON.stringify(spans)}`;
  if (target.dataset.key === key) return;
  target.dataset.key = key;
  let places = [];
  if (words.length || state.find.text) places = highlights(segment.text, words, state.find.text);
  if (!places.length && !spans.length) {
    target.textContent = segment.text;
    return;
  }
  const parts = [];
  let at = 0;
  for (const place of mergePlaces(places, spans)) {
    if (place.from > at) parts.push(document.createTextNode(segment.text.slice(at, place.from)));
    parts.push(make(place.tag, place.kind, segment.text.slice(place.from, place.to)));
    at = place.to;
  }
  parts.push(document.createTextNode(segment.text.slice(at)));
  target.replaceChildren(...parts);
}

/**
 * @param {object} segment
 * @param {object} mark
 * @param {boolean} here whether this is the current segment
 * @returns {HTMLElement}
 */
function drawMark(segment, mark, here) {
  const code = codeOf(mark.code);
  const now = here && state.span === null && mark.code === state.mark;
  const item = make('li', `mark ${hueOf(mark.code)} is-${mark.state}`);
  if (mark.bulk) item.classList.add('is-bulk');
  if (now) item.classList.add('is-current');
  const label = make('button', 'mark-label');
  label.type = 'button';
  label.dataset.code = String(mark.code);
  label.tabIndex = here ? 0 : -1;
  if (now) label.setAttribute('aria-current', 'true');
  const cut = code.name.length > LONGEST_LABEL;
  if (cut) label.title = code.name;
  label.append(name(cut ? `${Array.from(code.name).slice(0, LONGEST_LABEL).join('')}…` : code.name));
  label.append(make('span', 'sr', `, ${STATES[mark.state] || mark.state}`));
  if (mark.memo) label.append(...memoSign());
  if (mark.state === 'suggested' && mark.p !== null) label.append(' ', make('span', 'mark-p', percent(mark.p)));
  item.append(label);
  if (mark.state === 'suggested') {
    for (const [verdict, sign, word] of [['accept', '✓', 'Accept'], ['reject', '✕', 'Reject']]) {
      const button = make('button', `mark-do mark-${verdict}`);
      button.type = 'button';
      button.dataset.verdict = verdict;
      button.dataset.code = String(mark.code);
      button.tabIndex = -1;
      button.setAttribute('aria-label', `${word} ${code.name}`);
      button.title = word;
      const glyph = make('span', '', sign);
      glyph.setAttribute('aria-hidden', 'true');
      button.append(glyph);
      item.append(button);
    }
  }
  return item;
}

/** Draw the marks of one segment anew. @param {number} i */
export function paintMarks(i) {
  const box = elements.get(i);
  const segment = state.segments[i];
  if (!box || !segment) return;
  const here = i === state.current;
  const side = box.querySelector('.seg-side');
  const held = side.contains(document.activeElement);
  const parts = [];
  if (segment.marks.length || segment.spans.length) {
    const list = make('ul', 'marks');
    list.setAttribute('aria-label', `Codes of segment ${i + 1}`);
    for (const mark of segment.marks) list.append(drawMark(segment, mark, here));
    list.append(...drawSpans(segment, here));
    parts.push(list);
  }
  const note = state.notes.get(i);
  if (note) parts.push(make('p', `seg-note is-${note}`, NOTES[note]));
  if (segment.drawn) {
    const link = make('a', 'seg-note', 'In your draw: code these words there');
    link.href = `/draws/${Number(segment.drawn)}`;
    parts.push(link);
  }
  side.replaceChildren(...parts);
  box.classList.toggle('has-open', segment.marks.some((mark) => mark.state === 'suggested'));
  if (held) box.focus({ preventScroll: true });
}

/** Show or take away which segment is current. @param {number} i */
export function paintCurrent(i) {
  const box = elements.get(i);
  if (!box) return;
  const here = i === state.current;
  box.classList.toggle('is-current', here);
  if (here) box.setAttribute('aria-current', 'true');
  else box.removeAttribute('aria-current');
  box.tabIndex = here ? 0 : -1;
  if (here) box.classList.remove('is-hidden');
  paintText(i);
  paintMarks(i);
}

/** Only the ring around the current mark moves. @param {number} i */
export function paintRing(i) {
  const box = elements.get(i);
  if (!box) return;
  for (const label of box.querySelectorAll('.mark-label')) {
    const now = label.dataset.span ? label.dataset.span === state.span
      : state.span === null && Number(label.dataset.code) === state.mark;
    label.parentElement.classList.toggle('is-current', now);
    if (now) label.setAttribute('aria-current', 'true');
    else label.removeAttribute('aria-current');
  }
  paintText(i);
}

/** @param {number} i @param {string|null} kind @param {number} [ms] taken away after so long */
export function note(i, kind, ms) {
  if (kind) state.notes.set(i, kind);
  else if (!state.notes.delete(i)) return;
  paintMarks(i);
  if (kind && ms) {
    setTimeout(() => { if (state.notes.get(i) === kind) { state.notes.delete(i); paintMarks(i); } }, ms);
  }
}

/** Hide what the filters do not let through, among what is loaded. */
export function paintFilters() {
  document.getElementById('text').classList.toggle('is-filtered', filtering());
  for (const [i, box] of elements) {
    box.classList.toggle('is-hidden', filtering() && i !== state.current && !passes(state.segments[i]));
  }
}
