/** The reading page: begin, and say what each action does. */
import {
  state, codeOf, markOf, spanOf, counted, onlyUnsure,
} from './state.js';
import { get, Unreachable } from './api.js';
import { elementOf, paintFilters } from './render.js';
import { layBlocks, watchBlocks, onLoaded, loadAll, refreshNear, ensure } from './blocks.js';
import {
  decide, enqueue, onProgress, overlay, reread, retryNow, sayDecided, unsaved,
} from './decide.js';
import {
  go, goOn, goUnsure, step, stepOpen, stepMark, setMark, setSpan, focusText,
} from './nav.js';
import { drawBook, drawChoices, learnSpeakers, paintPanel, paintProgress, searchBook } from './panel.js';
import { clearFilters, CONTROLS, countFiltered, readFilters } from './filters.js';
import { closeFind, find, onChosen, openAdd, openBulk, openFind, wireDialogs } from './dialogs.js';
import { listenToKeys } from './keys.js';
import { openMemo, wireMemo } from './memo.js';
import {
  extend, giveChosen, leaveChosen, moveBeginning, removeSpan, wireSpans,
} from './spans.js';
import { name, say, unwarn, warn } from './say.js';

const $ = (id) => document.getElementById(id);
const POLL = 4000;

/** @returns {{segment:object|undefined, mark:object|undefined}} where the reader is */
function now() {
  const segment = state.segments[state.current];
  return { segment, mark: segment && markOf(segment, state.mark), span: segment && spanOf(segment, state.span) };
}

/** @param {boolean} value accept or reject the current mark, then go on */
async function settle(value) {
  if (state.moving) return;
  const { segment, mark, span } = now();
  if (!segment) return;
  if (span && !value) {
    await takeAway(span);
    return;
  }
  if (!mark) {
    if (value) await goOn();
    else say('There is no code here to reject.');
    return;
  }
  if (mark.state === 'blind') {
    if (!value) warn('You coded this earlier, without suggestions. It cannot be changed here.');
    else await goOn();
    return;
  }
  unwarn();
  if (decide(segment.i, mark.code, value)) sayDecided(value, mark.code);
  paintPanel();
  await goOn();
}

/** @param {object} span take the code away from the words that it is on */
async function takeAway(span) {
  if (span.state === 'earlier') warn('You coded this earlier, without suggestions. It cannot be changed here.');
  else await removeSpan(span);
}

/** @param {number} code make it a code of the current segment, and stay */
function takeCode(code) {
  const { segment } = now();
  if (!segment || state.moving) return;
  if (state.chosen) {
    giveChosen(code);
    return;
  }
  if (segment.context) {
    say("These are the interviewer's words. They cannot be coded.");
    return;
  }
  const mark = markOf(segment, code);
  if (mark && (mark.state === 'blind' || mark.state === 'accepted')) {
    setMark(code);
    say('This segment already has the code ', name(codeOf(code).name), '.');
    return;
  }
  decide(segment.i, code, true);
  state.mark = code;
  go(segment.i, { mark: code, focus: keepsFocus() });
  sayDecided(true, code);
}

/** @returns {boolean} whether the focus may move to the text */
function keepsFocus() {
  const focused = document.activeElement;
  return !focused || focused === document.body || !focused.closest('.side, .top, .thumb');
}

/** @param {'undo'|'redo'} which */
async function back(which) {
  const what = state[which];
  if (!what && !unsaved()) {
    say(which === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
    return;
  }
  const answer = await enqueue(which, `/api/${which}`, {});
  if (!answer) return;
  if (typeof answer.document === 'number' && answer.document !== state.document) {
    const first = answer.segments && answer.segments.length ? `#s${answer.segments[0].i}` : '';
    location.assign(`/documents/${answer.document}${first}`);
    return;
  }
  const segment = answer.segments && answer.segments[0];
  if (segment) {
    const before = new Map(JSON.parse(answer.before ? answer.before[0] : '[]').map((mark) => [mark.code, mark.state]));
    const moved = segment.marks.find((mark) => before.get(mark.code) !== mark.state);
    await go(segment.i, { mark: moved ? moved.code : undefined });
  }
  paintPanel();
  say(which === 'undo' ? 'Undone' : 'Done again', ...(what ? [': ', name(what)] : []), '.');
}

/** Finish the document. */
async function finish() {
  if (state.progress.finished) {
    say('This document is finished already.');
    return;
  }
  const answer = await enqueue('finish', '/api/finish', { document: state.document });
  if (!answer) return;
  say('This document is finished. ', ...(state.undo ? ['Press z to undo.'] : []));
}

/** @param {boolean} [open] show or hide the codebook on a narrow page */
function drawer(open = !document.body.classList.contains('drawer-open')) {
  document.body.classList.toggle('drawer-open', open);
  $('drawer-button').setAttribute('aria-expanded', String(open));
  if (open) $('side').querySelector('.side-close button').focus();
  else focusText();
}

/** Load all, then print. */
async function print() {
  say('Loading the whole document…');
  try {
    await loadAll();
    say('');
    window.print();
  } catch (error) {
    warn('The whole document could not be loaded.');
  }
}

/** What each action does; the keys and the buttons share them. */
const actions = {
  next: () => step(1),
  previous: () => step(-1),
  'next-open': () => (onlyUnsure() ? goUnsure() : stepOpen(1)),
  'previous-open': () => stepOpen(-1),
  unsure: goUnsure,
  accept: () => settle(true),
  reject: () => settle(false),
  reopen: () => {
    const { segment, mark, span } = now();
    if (span && !state.moving) { takeAway(span); return; }
    if (!mark || mark.state === 'suggested' || state.moving) return;
    if (mark.state === 'blind') {
      warn('You coded this earlier, without suggestions. It cannot be changed here.');
      return;
    }
    const { code } = mark;
    decide(segment.i, code, null);
    if (!markOf(segment, code)) state.mark = segment.marks.length ? segment.marks[0].code : null;
    go(segment.i, { mark: state.mark, focus: keepsFocus() });
    say(markOf(segment, code) ? 'Open again: ' : 'Taken away: ', name(codeOf(code).name), '.');
  },
  add: () => openAdd(),
  number: () => openAdd('#'),
  memo: openMemo,
  'leave-chosen': leaveChosen,
  undo: () => back('undo'),
  redo: () => back('redo'),
  find: openFind,
  'find-previous': () => find(-1),
  'find-close': closeFind,
  codebook: () => {
    if (getComputedStyle($('drawer-button')).display !== 'none') drawer(true);
    $('book-find').focus();
    $('book-find').select();
  },
  finish,
  help: () => { $('help').showModal(); $('help-title').focus(); },
  bulk: openBulk,
  drawer: () => drawer(),
  print,
  retry: retryNow,
  'mark-left': () => stepMark(-1),
  'mark-right': () => stepMark(1),
  'show-all': () => { clearFilters(); go(state.current); },
  'take-code': (button) => takeCode(Number(button.dataset.code)),
  'only-code': (button) => {
    $('filter-code').value = button.dataset.code;
    readFilters().then(() => go(state.current, { focus: false }));
  },
};

/** @param {string} action */
function act(action) {
  const edge = /^(extend|begin)-(right|left|down|up)$/.exec(action);
  if (edge) {
    (edge[1] === 'extend' ? extend : moveBeginning)(edge[2]).catch(() => warn('The server does not answer.'));
    return;
  }
  const take = /^take-([1-5])$/.exec(action);
  if (take) {
    const { segment } = now();
    const one = segment && !segment.context && segment.candidates[Number(take[1]) - 1];
    if (one) takeCode(one.code);
    else say('There is no such candidate here.');
    return;
  }
  actions[action]();
}

/** Esc: close what is open, else go back to the text. */
function escape() {
  unwarn();
  if (leaveChosen() || closeFind()) return;
  if (document.body.classList.contains('drawer-open')) drawer(false);
  else focusText();
}

/** @param {KeyboardEvent} event Tab on a segment: to its next mark @returns {boolean} */
function tab(event) {
  const { segment } = now();
  const box = segment && elementOf(segment.i);
  if (!box || event.shiftKey || event.target !== box) return false;
  const labels = [...box.querySelectorAll('.mark-label')];
  const label = labels[labels.findIndex((one) => one.getAttribute('aria-current') === 'true') + 1];
  if (!label) return false;
  label.focus();
  return true;
}

/** Mouse and touch. */
function wirePointer() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (!button && document.body.classList.contains('drawer-open') && !event.target.closest('.side, dialog, .says')) drawer(false);
    if (!button || button.disabled) return;
    actions[button.dataset.do](button);
  });
  $('text').addEventListener('click', (event) => {
    const box = event.target.closest('.seg');
    if (!box) return;
    const i = Number(box.dataset.i);
    const verdict = event.target.closest('.mark-do');
    const label = event.target.closest('.mark-label');
    if (verdict) {
      go(i, { mark: Number(verdict.dataset.code), scroll: false }).then(() => settle(verdict.dataset.verdict === 'accept'));
    } else if (label) go(i, { mark: label.dataset.span ? null : Number(label.dataset.code), span: label.dataset.span ?? null, scroll: false });
    else if (String(window.getSelection()) === '' && i !== state.current) go(i, { scroll: false });
  });
  $('text').addEventListener('focusin', (event) => {
    const label = event.target.closest('.mark-label');
    if (!label || Number(label.closest('.seg').dataset.i) !== state.current) return;
    if (label.dataset.span) setSpan(label.dataset.span);
    else setMark(Number(label.dataset.code));
  });
  for (const id of CONTROLS) {
    $(id).addEventListener('change', async () => {
      await readFilters();
      if (state.filters.state === 'open' || state.filters.unsure) await actions['next-open']();
      else await go(state.current, { focus: false });
      paintFilters(); // what was the current segment may not fit
    });
  }
  $('says-close').addEventListener('click', () => { unwarn(); focusText(); });
  $('book-find').addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target.value) {
      event.target.value = '';
      searchBook('');
      event.stopPropagation();
    }
  });
  window.addEventListener('beforeunload', (event) => {
    if (unsaved()) { event.preventDefault(); event.returnValue = ''; }
  });
  window.addEventListener('online', retryNow);
}

/** Look whether somebody changed something elsewhere. */
async function poll() {
  if (document.visibilityState === 'visible' && !unsaved()) {
    try {
      const { version } = await get('/api/version');
      if (version > state.version && !unsaved()) {
        const before = JSON.stringify(state.progress);
        await reread();
        const changed = await refreshNear();
        state.version = Math.max(state.version, version);
        if (changed.length || JSON.stringify(state.progress) !== before) {
          if (changed.includes(state.current)) go(state.current, { mark: state.mark, span: state.span, focus: false, scroll: false });
          say('Changed elsewhere: shown anew.');
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) console.warn(error);
    }
  }
  setTimeout(poll, POLL);
}

/** @returns {Promise<{i:number, mark?:number}>} where to begin */
async function start() {
  const hash = /^#s(\d+)$/.exec(location.hash);
  if (hash && Number(hash[1]) < state.count) return { i: Number(hash[1]) };
  if (!state.progress.open) return { i: 0 };
  const answer = await get(`/api/documents/${state.document}/open`, { after: -1 }).catch(() => ({ i: null }));
  return answer.i === null ? { i: 0 } : { i: answer.i, mark: answer.code };
}

/** Begin. */
async function begin() {
  state.document = Number($('reading').dataset.document);
  onProgress(() => { paintProgress(); countFiltered(); });
  onLoaded(learnSpeakers, overlay);
  wireMemo();
  wireDialogs();
  wirePointer();
  wireSpans();
  onChosen(takeCode);
  let answer;
  for (;;) {
    try {
      answer = await get(`/api/documents/${state.document}`);
      break;
    } catch (error) {
      warn(error instanceof Unreachable ? 'The server does not answer. Trying again.' : error.message);
      if (!(error instanceof Unreachable)) return;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  unwarn();
  Object.assign(state, {
    count: answer.segments, version: answer.version, progress: answer.progress,
    undo: answer.undo, redo: answer.redo, sha256: answer.sha256, machine: answer.machine,
    codes: new Map(answer.codes.map((code) => [code.code, code])),
  });
  $('help-machine').textContent = state.machine ? `Suggestions made by ${state.machine}.` : 'There are no suggestions from a machine.';
  drawBook();
  drawChoices();
  paintProgress();
  if (!state.count) {
    $('text').textContent = 'This document has no text.';
    return;
  }
  layBlocks($('text'));
  const from = await start();
  await ensure(from.i).catch(() => {});
  watchBlocks();
  listenToKeys(act, escape, tab);
  await go(from.i, { mark: from.mark });
  $('ending').hidden = false;
  $('reading').dataset.ready = 'true';
  say(counted(state.count, 'segment'), `, ${state.progress.open.toLocaleString('en-GB')} open.`);
  setTimeout(poll, POLL);
}

begin();
