/** Add a code, accept many, find, help. */
import { state, codeOf, counted, hueOf, markOf, percent } from './state.js';
import { get, post } from './api.js';
import { make, paintText } from './render.js';
import { openCodeBox, quoteInCodeBox, wireCodeBox } from './code_box.js';
import { enqueue } from './decide.js';
import { focusText, go } from './nav.js';
import { chosenText } from './spans.js';
import { fill, name, say, warn } from './say.js';

const $ = (id) => document.getElementById(id);

/* ---- add a code ---- */

let chosen = () => {};

/** @param {(code:number) => void} listener called with the code to add */
export function onChosen(listener) {
  chosen = listener;
}

/** Open the box that adds a code. @param {string} [text] what is typed in it already */
export function openAdd(text = '') {
  const segment = state.segments[state.current];
  if (!segment) return;
  $('add-label').textContent = state.chosen ? 'Give these words a code' : 'Add a code to this segment';
  if (state.chosen) {
    quoteInCodeBox(chosenText());
    openCodeBox();
    return;
  }
  if (segment.context) {
    say("These are the interviewer's words. They cannot be coded.");
    return;
  }
  quoteInCodeBox(segment.text);
  openCodeBox(text);
}

/** @returns {object[]} all codes, the likely ones first */
function likelyFirst() {
  const i = state.chosen ? state.chosen.from.i : state.current;
  const likely = state.segments[i].candidates.map((one) => state.codes.get(one.code));
  return [...new Set([...likely, ...state.codes.values()])];
}

/** @param {object} code @returns {string} what the segment has of it */
function standingOf(code) {
  if (state.chosen) return '';
  const segment = state.segments[state.current];
  const mark = markOf(segment, code.code);
  const one = segment.candidates.find((candidate) => candidate.code === code.code);
  return mark ? { blind: 'coded earlier' }[mark.state] || mark.state : one ? percent(one.p) : '';
}

/** Wire the box. */
function wireAdd() {
  wireCodeBox({ codes: likelyFirst, status: standingOf, choose: (code) => chosen(code.code) });
  $('add').addEventListener('close', () => focusText());
}

/* ---- accept many ---- */

let asked = 0;
let previewTimer = 0;

/** Open the dialog that accepts many. */
export function openBulk() {
  $('bulk').showModal();
  preview();
}

/** @returns {object} what the form asks for */
function bulkRequest() {
  const code = $('bulk-code').value;
  return {
    document: $('bulk-form').elements.where.value === 'all' ? null : state.document,
    code: code === '' ? null : Number(code),
    above: Math.min(100, Math.max(1, Number($('bulk-above').value) || 100)) / 100,
  };
}

/** Ask how many it would be. */
async function preview() {
  asked += 1;
  const mine = asked;
  $('bulk-go').disabled = true;
  $('bulk-go').textContent = 'Accept';
  if (!$('bulk-above').checkValidity()) {
    $('bulk-preview').textContent = 'Give a number from 1 to 100.';
    return;
  }
  try {
    const answer = await post('/api/bulk', { ...bulkRequest(), preview: true });
    if (mine !== asked) return;
    if (!answer.count) {
      $('bulk-preview').textContent = 'No open suggestion is that probable.';
      return;
    }
    const list = make('ul', 'bulk-codes');
    for (const one of answer.by_code) {
      const item = make('li');
      const sign = make('span', `swatch ${hueOf(one.code)}`);
      sign.setAttribute('aria-hidden', 'true');
      item.append(sign, name(codeOf(one.code).name), make('span', 'muted', ` ${one.count.toLocaleString('en-GB')}`));
      list.append(item);
    }
    fill($('bulk-preview'), make('p', '', `${counted(answer.count, 'suggestion')} would be accepted:`), list);
    $('bulk-go').disabled = false;
    $('bulk-go').textContent = `Accept ${counted(answer.count, 'suggestion')}`;
  } catch (error) {
    if (mine === asked) $('bulk-preview').textContent = error.message || 'The server does not answer.';
  }
}

/** Wire the dialog. */
function wireBulk() {
  $('bulk-form').addEventListener('input', () => {
    clearTimeout(previewTimer);
    $('bulk-go').disabled = true;
    previewTimer = setTimeout(preview, 250);
  });
  $('bulk-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if ($('bulk-go').disabled) return;
    const text = $('bulk-go').textContent.replace('Accept ', '');
    $('bulk').close();
    const answer = await enqueue('bulk', '/api/bulk', { ...bulkRequest(), preview: false });
    if (!answer) return;
    await go(state.current);
    say(`Accepted ${text}. Press z to undo.`);
  });
}

/* ---- find ---- */

let lastFind = null;

/** Open the line that finds words. */
export function openFind() {
  $('find').hidden = false;
  $('find-text').focus();
  $('find-text').select();
}

/** Close it and take its highlights away. */
export function closeFind() {
  if ($('find').hidden) return false;
  $('find').hidden = true;
  lastFind = null;
  setFound('', []);
  focusText();
  return true;
}

/** @param {string} text @param {number[]} hits */
function setFound(text, hits) {
  const before = state.find.hits;
  state.find = { text, hits, at: -1 };
  for (const i of new Set([...before, ...hits])) if (state.segments[i]) paintText(i);
}

/** @param {1|-1} way search, or go to the next place found */
export async function find(way) {
  const text = $('find-text').value.trim();
  if (!text) {
    setFound('', []);
    $('find-count').textContent = '';
    return;
  }
  if (text !== lastFind) {
    try {
      const answer = await get(`/api/documents/${state.document}/find`, { text });
      lastFind = text;
      setFound(text, answer.hits);
    } catch (error) {
      warn(error.message && error.status ? error.message : 'The server does not answer.');
      return;
    }
    const { hits } = state.find;
    const after = hits.findIndex((i) => i >= state.current);
    state.find.at = (after < 0 ? 0 : after) - (way > 0 ? 1 : 0);
  }
  const { hits } = state.find;
  if (!hits.length) {
    $('find-count').textContent = 'not found';
    return;
  }
  state.find.at = (state.find.at + way + hits.length) % hits.length;
  $('find-count').textContent = `${state.find.at + 1} of ${hits.length}${hits.length >= 500 ? ' or more' : ''}`;
  await go(hits[state.find.at], { focus: false });
}

/** Wire everything here. */
export function wireDialogs() {
  wireAdd();
  wireBulk();
  $('find').addEventListener('submit', (event) => { event.preventDefault(); find(1); });
  $('find-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.shiftKey) { event.preventDefault(); find(-1); }
  });
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => $(button.dataset.close).close());
  }
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    if (dialog.id !== 'add') dialog.addEventListener('close', () => focusText());
  }
}
