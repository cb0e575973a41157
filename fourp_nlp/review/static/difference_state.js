/**
 * What the page of differences knows, and how it asks and tells the server.
 * A decision counts as saved only when the server has said so.
 *
 * @typedef {{document:string, segment:number}} Place
 */
import { get, post, Refused, Unreachable } from './api.js';

/** Codes that have a number key. */
export const NUMBERED = 9;
/** Keys of the coders' views. */
export const LETTERS = 'abcdef';
/** Differences that one request lists. */
export const PART = 100;

export const page = {
  coder: '',
  /** @type {string[]} */ people: [],
  machine: '',
  /** @type {string[]} whom to compare; empty: as the server has it */ coders: [],
  /** @type {{code:string, in_document:string, group:string, state:string}} */
  filters: { code: '', in_document: '', group: '', state: 'all' },
  /** @type {object|null} counts, undo, redo */ standing: null,
  /** @type {object|null} the difference that is shown */ one: null,
  /** @type {Set<number>} ticked codes */ ticked: new Set(),
  touched: false,
  /** @type {Map<string, string>} comments that were typed and not sent, by place */ drafts: new Map(),
  version: 0,
  busy: false,
};

const PAUSES = [1000, 2000, 4000, 8000, 15000];
let wake = () => {};
let waiting = () => {};

/** @param {(unsaved:boolean) => void} listener called when a decision waits for the server, and when no more */
export function onWaiting(listener) {
  waiting = listener;
}

/** Try again now. */
export function retryNow() {
  wake();
}

/** @param {Place} [place] @param {object} [more] @returns {URLSearchParams} */
export function query(place, more = {}) {
  const search = new URLSearchParams();
  for (const coder of page.coders) search.append('coder', coder);
  for (const [key, value] of Object.entries({ ...(place || {}), ...more })) {
    if (value !== '' && value !== undefined && value !== null) search.set(key, String(value));
  }
  return search;
}

/** @param {string} path @param {URLSearchParams} search @returns {Promise<any>} */
export function ask(path, search) {
  const text = search ? String(search) : '';
  return get(`/api/differences${path}${text ? `?${text}` : ''}`);
}

/**
 * Have something changed; tried again until the server answers.
 * @param {string} name
 * @param {object} body
 * @returns {Promise<{answer:object|null, error:Refused|null, again:boolean}>}
 */
export async function change(name, body) {
  let again = false;
  for (let turn = 0; ; turn += 1) {
    try {
      const answer = await post(`/api/differences/${name}`, { coders: page.coders, ...body });
      if (again) waiting(false);
      return { answer, error: null, again };
    } catch (error) {
      if (error instanceof Refused) {
        if (again) waiting(false);
        return { answer: null, error, again };
      }
      if (!(error instanceof Unreachable)) throw error;
      again = true;
      waiting(true);
      const pause = PAUSES[Math.min(turn, PAUSES.length - 1)];
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, pause); });
    }
  }
}

/** @returns {Place|null} the difference that is shown */
export function here() {
  return page.one && { document: page.one.document, segment: page.one.segment };
}

/** @returns {string} where comments of the shown difference are kept */
export function draftKey() {
  return JSON.stringify([page.one.document, page.one.segment]);
}

/** @param {string} at @returns {string} a time, in the reader's own place */
export function when(at) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at
    : time.toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });
}
