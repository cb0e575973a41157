/** The memo on a coding: what the person notes about it. */
import { state, codeOf, markOf, spanOf } from './state.js';
import { post } from './api.js';
import { enqueue } from './decide.js';
import { paintPanel } from './panel.js';
import { pointsIn } from './spans.js';
import { fill, name, say, warn } from './say.js';

const $ = (id) => document.getElementById(id);
/** @type {{place:object, was:string}|null} */
let open = null;
let warned = false;

/** @returns {object|null} the coding that is marked, with its place; null and a word to the reader if none can have a memo */
function codingHere() {
  const segment = state.segments[state.current];
  if (!segment) return null;
  const span = spanOf(segment, state.span);
  if (span) return { ...span, quote: '' };
  const mark = markOf(segment, state.mark);
  if (!mark) say('There is no code here to write a memo on.');
  else if (mark.state === 'suggested' || mark.state === 'rejected') {
    say('A memo is about a code that you gave. Accept it first.');
  } else return { ...mark, start: segment.start, end: segment.start + pointsIn(segment.text) };
  return null;
}

/** Open the box, with the whole memo that there is. */
export async function openMemo() {
  const coding = codingHere();
  if (!coding) return;
  const place = { document: state.document, sha256: state.sha256, start: coding.start, end: coding.end, code: coding.code };
  let was = coding.memo || '';
  if (coding.memo_more) {
    try {
      was = (await post('/api/memo/read', place)).memo;
    } catch (error) {
      warn(error.status ? error.message : 'The server does not answer.');
      return;
    }
  }
  show(place, was, was);
}

/** @param {object} place @param {string} was what is kept @param {string} text what is in the box */
function show(place, was, text) {
  open = { place, was };
  warned = false;
  fill($('memo-code'), name(codeOf(place.code).name));
  $('memo-text').value = text;
  $('memo-remove').hidden = !was;
  $('memo-note').textContent = '';
  $('memo').showModal();
  $('memo-text').focus();
}

/** @returns {boolean} whether the box holds something that is not kept */
function changed() {
  return Boolean(open) && $('memo-text').value !== open.was;
}

/** @param {string} memo keep it and close */
async function save(memo) {
  if (!open) return;
  const { place, was } = open;
  open = null;
  $('memo').close();
  const answer = await enqueue('memo', '/api/memo', { ...place, memo, was });
  // What was refused must not be lost.
  paintPanel();
  if (!answer) show(place, was, memo);
  else say(memo.trim() ? 'The memo is saved.' : 'The memo is removed. Press z to undo.');
}

/** Wire the box. */
export function wireMemo() {
  const stay = (event) => {
    if (!changed() || warned) return;
    warned = true;
    event.preventDefault();
    event.stopImmediatePropagation();
    $('memo-note').textContent = 'The memo is not saved. Press Esc again to leave it so.';
  };
  $('memo').addEventListener('cancel', stay);
  $('memo').addEventListener('click', (event) => { if (event.target === $('memo')) stay(event); }, true);
  $('memo').addEventListener('close', () => { open = null; });
  $('memo-text').addEventListener('input', () => { warned = false; });
  $('memo-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      save($('memo-text').value);
    }
  });
  $('memo-form').addEventListener('submit', (event) => { event.preventDefault(); save($('memo-text').value); });
  $('memo-remove').addEventListener('click', () => save(''));
}
