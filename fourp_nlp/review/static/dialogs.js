/** Add a code, accept many, find, help. */
import { state, codeOf, counted, hueOf, markOf, percent } from './state.js';
import { get, post } from './api.js';
import { make, paintText } from './render.js';
import { plain, rank } from './panel.js';
import { enqueue } from './decide.js';
import { focusText, go } from './nav.js';
import { fill, name, say, warn } from './say.js';

const $ = (id) => document.getElementById(id);

/* ---- add a code ---- */

let options = [];
let active = 0;
let chosen = () => {};

/** @param {(code:number) => void} listener called with the code to add */
export function onChosen(listener) {
  chosen = listener;
}

/** Open the box that adds a code. */
export function openAdd() {
  const segment = state.segments[state.current];
  if (!segment) return;
  if (segment.context) {
    say("These are the interviewer's words. They cannot be coded.");
    return;
  }
  $('add-quote').textContent = segment.text.length > 160 ? `${segment.text.slice(0, 160)}…` : segment.text;
  $('add-text').value = '';
  $('add').showModal();
  listOptions();
  $('add-text').focus();
}

/** Fill the list with the codes that fit. */
function listOptions() {
  const segment = state.segments[state.current];
  const typed = plain($('add-text').value.trim());
  const likely = new Map(segment.candidates.map((one, k) => [one.code, k]));
  options = [...state.codes.values()]
    .map((code, k) => ({ code, fit: rank(code, typed), order: likely.has(code.code) ? likely.get(code.code) : 10 + k }))
    .filter((one) => one.fit < Infinity)
    .sort((a, b) => a.fit - b.fit || a.order - b.order)
    .map((one) => one.code);
  active = 0;
  const list = $('add-list');
  list.replaceChildren(...options.map((code, k) => {
    const option = make('li', 'option');
    option.id = `option-${k}`;
    option.setAttribute('role', 'option');
    const sign = make('span', `swatch ${hueOf(code.code)}`);
    sign.setAttribute('aria-hidden', 'true');
    const label = make('span', 'option-name');
    label.append(name(code.name));
    const theme = make('span', 'option-theme');
    theme.append(name(code.theme || ''));
    const mark = markOf(segment, code.code);
    const one = segment.candidates.find((candidate) => candidate.code === code.code);
    const status = mark ? { blind: 'coded earlier' }[mark.state] || mark.state : one ? percent(one.p) : '';
    option.append(sign, label, theme, make('span', 'option-p', status));
    return option;
  }));
  $('add-none').textContent = options.length ? '' : 'No code matches.';
  showActive();
}

/** Mark the option that Enter takes. */
function showActive() {
  [...$('add-list').children].forEach((option, k) => option.setAttribute('aria-selected', String(k === active)));
  const option = $(`option-${active}`);
  if (option) {
    $('add-text').setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else $('add-text').removeAttribute('aria-activedescendant');
}

/** @param {number} k take this option */
function choose(k) {
  const code = options[k];
  if (!code) return;
  $('add').close();
  chosen(code.code);
}

/** Wire the box. */
function wireAdd() {
  $('add-text').addEventListener('input', listOptions);
  $('add-text').addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const last = options.length - 1;
    const to = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      active = to;
      showActive();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (!event.repeat) choose(active);
    }
  });
  $('add-list').addEventListener('click', (event) => {
    const option = event.target.closest('.option');
    if (option) choose([...$('add-list').children].indexOf(option));
  });
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
