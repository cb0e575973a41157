/**
 * What the page of a queue knows: filters, the candidates that were loaded, and where one is.
 *
 * @typedef {{document:string, number:number, segment:number, code:string, code_number:number, text:string, cut:boolean,
 *   before:string, after:string, speaker:string, seen:string, state:string, bulk:boolean, suggested:boolean,
 *   p:number|null, threshold:number|null, why:string, words:string[]}} Candidate
 */
import { get } from './api.js';

/** Candidates that one request asks for. */
const PART = 50;
/** So near to the end of what is loaded, more is fetched. */
const NEAR = 15;

/** What the filters are when nothing is chosen. */
export const DEFAULTS = {
  code: '', scope: 'suggested', order: 'likely', state: 'open', least: '', most: '', attribute: '', value: '', differ: '',
};

export const queue = {
  filters: { ...DEFAULTS },
  /** @type {object[]} */ codes: [],
  /** @type {number[]} open suggestions of each code, as of the last question */ open: [],
  /** @type {Candidate[]} */ items: [],
  at: 0,
  atEnd: false,
  earlier: false,
  later: false,
  counts: { open: 0, accepted: 0, rejected: 0, matching: 0, segments: 0 },
  undo: null,
  redo: null,
  version: 0,
  people_differ: false,
};

/** @param {Candidate} item @returns {string} by which it is known */
export function keyOf(item) {
  return JSON.stringify([item.document, item.segment, item.code]);
}

/** @returns {Candidate|undefined} the candidate that is shown */
export function now() {
  return queue.atEnd ? undefined : queue.items[queue.at];
}

/** @param {Candidate} item @returns {boolean|null} the decision that it shows */
export function valueOf(item) {
  return { accepted: true, blind: true, rejected: false, 'blind-no': false }[item.state] ?? null;
}

/** @param {Candidate} item @returns {boolean} whether it was coded without suggestions, and cannot be changed here */
export function isFixed(item) {
  return item.state.startsWith('blind');
}

/** @returns {object} the filters as the server reads them */
export function asked() {
  const { least, most, order, ...rest } = queue.filters;
  const chosen = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  return {
    ...chosen, ...(least === '' ? {} : { least: String(Number(least) / 100) }), ...(most === '' ? {} : { most: String(Number(most) / 100) }),
  };
}

/** @param {Candidate} item @returns {object} how the server finds it */
export function placeOf(item) {
  return { at: item.document, segment: item.segment, of_code: item.code };
}

/** @returns {boolean} whether anything is chosen besides code and order */
export function isFiltered() {
  return ['state', 'least', 'most', 'attribute', 'differ'].some((name) => queue.filters[name] !== DEFAULTS[name]);
}

/** @param {object} answer what stands now */
export function takeStanding(answer) {
  for (const name of ['counts', 'undo', 'redo', 'version']) if (name in answer) queue[name] = answer[name];
}

/** @param {object} more @returns {Promise<object>} a window of candidates */
function ask(more) {
  return get('/api/queue/items', { ...asked(), order: queue.filters.order, count: String(PART), ...more });
}

let turn = 0;

/**
 * Load the queue anew.
 * @param {object|null} [place] begin with this candidate
 * @returns {Promise<boolean>} false if it was asked for again meanwhile
 */
export async function load(place = null) {
  turn += 1;
  const mine = turn;
  const answer = await ask(place || {});
  if (mine !== turn) return false;
  Object.assign(queue, { items: answer.items, at: 0, atEnd: !answer.items.length, earlier: answer.earlier, later: answer.later });
  takeStanding(answer);
  return true;
}

let growing = null;

/** Fetch what follows, if anything does. @returns {Promise<void>} */
function grow() {
  if (!queue.later || !queue.items.length) return Promise.resolve();
  const mine = turn;
  growing = growing || ask({ ...placeOf(queue.items.at(-1)), way: 'after' }).then((answer) => {
    if (mine !== turn) return;
    const known = new Set(queue.items.map(keyOf));
    queue.items.push(...answer.items.filter((item) => !known.has(keyOf(item))));
    queue.later = answer.later;
  }).finally(() => { growing = null; });
  return growing;
}

/** Fetch what comes before, if anything does. @returns {Promise<void>} */
async function growBack() {
  const mine = turn;
  const answer = await ask({ ...placeOf(queue.items[0]), way: 'before' });
  if (mine !== turn) return;
  const known = new Set(queue.items.map(keyOf));
  const items = answer.items.filter((item) => !known.has(keyOf(item)));
  queue.items.unshift(...items);
  queue.at += items.length;
  queue.earlier = answer.earlier;
}

/**
 * Go on, or back.
 * @param {1|-1} way
 * @param {boolean} [onlyOpen] whether to pass over what is decided
 * @returns {Promise<boolean>} whether there is such a candidate
 */
export async function move(way, onlyOpen = false) {
  if (queue.atEnd && way < 0) {
    queue.atEnd = false;
    queue.at = queue.items.length;
  }
  for (let at = queue.at + way; ; at += way) {
    if (at >= queue.items.length && queue.later) await grow();
    if (at < 0 && queue.earlier) {
      const before = queue.items.length;
      await growBack();
      at += queue.items.length - before;
    }
    const item = queue.items[at];
    if (!item) break;
    if (onlyOpen && item.state !== 'open') continue;
    queue.at = at;
    if (at + NEAR > queue.items.length) grow().catch(() => {});
    return true;
  }
  if (queue.at >= queue.items.length) queue.at = Math.max(0, queue.items.length - 1);
  if (way > 0 || !queue.items.length) queue.atEnd = true;
  return false;
}

/** @param {Candidate} fresh put it into the list, in the place of what was known of it @returns {number} where, -1 if unknown */
export function replace(fresh) {
  const at = queue.items.findIndex((item) => keyOf(item) === keyOf(fresh));
  if (at >= 0) queue.items[at] = fresh;
  return at;
}
