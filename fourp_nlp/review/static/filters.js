/** The filters of the reading page: which segments are shown, and how many that is. */
import { state, codeOf, counted, filtering, UNSURE } from './state.js';
import { get } from './api.js';
import { paintFilters } from './render.js';
import { fill, name, warn } from './say.js';

const STATES = { open: 'open', accepted: 'accepted', rejected: 'rejected' };
const DIFFER = { machine: 'the machine and I differ', coders: 'coders differ' };
/** Controls of the filters. */
export const CONTROLS = [
  'filter-code', 'filter-speaker', 'filter-state', 'filter-least', 'filter-most', 'filter-differ', 'filter-unsure',
];
const PAUSE = 300; // milliseconds until counts are asked for
const $ = (id) => document.getElementById(id);
let timer = 0;
let asked = 0;

/** @param {string} id @param {number} otherwise @returns {number} a share, from a field in percent */
function share(id, otherwise) {
  const field = $(id);
  return field.value === '' || !field.checkValidity() ? otherwise : Number(field.value) / 100;
}

/** @returns {Record<string, string>} the filters as the server reads them */
function query() {
  const { code, speaker, least, most, differ, unsure } = state.filters;
  const parts = {
    scope: 'marked', document: $('reading').dataset.name, state: unsure ? 'open' : state.filters.state || 'all',
    least: String(unsure ? Math.max(least, UNSURE[0]) : least), most: String(unsure ? Math.min(most, UNSURE[1]) : most),
  };
  if (code !== null) parts.code = String(code);
  if (speaker !== null) parts.speaker = speaker;
  if (differ) parts.differ = differ;
  return parts;
}

/** Ask how much the filters show; the document may not be loaded as a whole. */
async function askCounts() {
  asked += 1;
  const mine = asked;
  try {
    const counts = await get('/api/queue/counts', query());
    if (mine !== asked || !filtering()) return;
    const decided = counts.accepted + counts.rejected;
    $('filter-counts').textContent = ` · ${counted(counts.segments, 'segment')}, ${counts.open.toLocaleString('en-GB')} open, ${decided.toLocaleString('en-GB')} decided`;
  } catch (error) {
    if (mine === asked) $('filter-counts').textContent = '';
  }
}

/** Count anew what the filters show, soon. */
export function countFiltered() {
  clearTimeout(timer);
  if (filtering()) timer = setTimeout(askCounts, PAUSE);
}

/** @returns {(string|Node)[]} what the filters are */
function words() {
  const { code, speaker, least, most, differ, unsure } = state.filters;
  const parts = [];
  if (code !== null) parts.push(name(codeOf(code).name));
  if (speaker !== null) parts.push(name(speaker));
  if (unsure) parts.push('unsure');
  else if (state.filters.state) parts.push(STATES[state.filters.state]);
  if (least > 0 || most < 1) parts.push(`${Math.round(least * 100)}% to ${Math.round(most * 100)}%`);
  if (differ) parts.push(DIFFER[differ]);
  return parts;
}

/** Take the filters from their controls and show what they let through. */
export async function readFilters() {
  const code = $('filter-code').value;
  Object.assign(state.filters, {
    code: code === '' ? null : Number(code), speaker: $('filter-speaker').value || null, state: $('filter-state').value,
    least: share('filter-least', 0), most: share('filter-most', 1), differ: $('filter-differ').value, unsure: $('filter-unsure').checked,
  });
  if (state.filters.differ === 'coders') await learnDiffering();
  const parts = words();
  fill($('filter-text'), ...parts.flatMap((part, k) => [k ? ' · ' : 'Showing only: ', part]));
  $('filter-counts').textContent = '';
  $('filter-note').hidden = !parts.length;
  countFiltered();
  paintFilters();
}

/** Ask where other people differ in this document. */
async function learnDiffering() {
  try {
    const { cells } = await get(`/api/documents/${state.document}/differing`);
    state.differing.clear();
    for (const [i, code] of cells) {
      if (!state.differing.has(i)) state.differing.set(i, new Set());
      state.differing.get(i).add(code);
    }
  } catch (error) {
    warn(error.status ? error.message : 'The server does not answer.');
    state.filters.differ = '';
    $('filter-differ').value = '';
  }
}

/** Take all filters off. */
export function clearFilters() {
  for (const id of CONTROLS) {
    if ($(id).type === 'checkbox') $(id).checked = false;
    else $(id).value = '';
  }
  return readFilters();
}
