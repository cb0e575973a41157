/** The page of differences: begin, keys, and what each action does. */
import { state, codeOf, counted } from './state.js';
import { get, Unreachable } from './api.js';
import { make } from './render.js';
import { openCodeBox, wireCodeBox } from './code_box.js';
import { name, say, unwarn, warn } from './say.js';
import {
  ask, change, draftKey, here, LETTERS, onWaiting, page, query, retryNow,
} from './difference_state.js';
import { drawPeople, listButtons, paintStanding, showList } from './difference_list.js';
import { codeAt, paintNote, paintOne, paintTicks, toggle } from './difference_one.js';

const $ = (id) => document.getElementById(id);
const POLL = 4000;
const FILTERS = { 'filter-code': 'code', 'filter-document': 'in_document', 'filter-group': 'group', 'filter-state': 'state' };
let unsaved = false;

/** @param {unknown} error tell it */
function told(error) {
  if (error && error.status) warn(error.message);
  else if (error instanceof Unreachable) warn('The server does not answer. Nothing was lost: try again.');
  else throw error;
}

/* ---- moving ---- */

/** Keep in the address what is shown, so that it is found again. */
function keepAddress() {
  const search = query(null, page.filters.state === 'all' ? { ...page.filters, state: '' } : page.filters);
  const place = here();
  const hash = place ? `#${place.segment}/${encodeURIComponent(place.document)}` : '';
  const text = String(search);
  history.replaceState(null, '', `/differences${text ? `?${text}` : ''}${hash}`);
}

/** @param {boolean} one whether one difference is shown, or the list */
function showView(one) {
  $('one-view').hidden = !one;
  $('list-view').hidden = one;
  $('list-button').hidden = !one;
  $('thumb').hidden = !one;
}

/** Show the list. */
async function list() {
  const from = here();
  page.one = null;
  showView(false);
  keepAddress();
  try {
    await showList();
  } catch (error) {
    told(error);
  }
  $('differences').dataset.ready = 'list';
  const before = from && listButtons().find((each) => each.dataset.document === from.document && Number(each.dataset.segment) === from.segment);
  if (before) before.focus();
  else window.scrollTo(0, 0);
}

/** @param {object} one show this difference */
function take(one) {
  const same = page.one && page.one.document === one.document && page.one.segment === one.segment;
  page.one = one;
  page.standing = one;
  page.version = one.version;
  page.coders = one.coders;
  showView(true);
  paintOne();
  paintStanding();
  keepAddress();
  $('differences').dataset.ready = 'one';
  if (!same) {
    window.scrollTo(0, 0);
    $('passage').focus({ preventScroll: true });
  }
}

/** @param {{document:string, segment:number}} place @returns {Promise<boolean>} whether it is shown */
async function open(place) {
  try {
    take(await ask('/one', query(place)));
    return true;
  } catch (error) {
    told(error);
    return false;
  }
}

/**
 * @param {'open'|''} which the open ones alone, or all that the filters let through
 * @param {boolean} [back]
 * @param {boolean} [quiet] whether the caller says the sentence
 * @returns {Promise<string>} what is to be said if there is none
 */
async function go(which, back = false, quiet = false) {
  const place = here();
  const more = { ...page.filters, ...(which ? { state: which } : {}), back: back ? 'true' : '' };
  let answer;
  try {
    answer = await ask('/next', query(place, more));
  } catch (error) {
    told(error);
    return '';
  }
  if (answer.document !== null) {
    await open(answer);
    return '';
  }
  let said = which ? 'This is the only open one.' : 'There is no other one.';
  const rest = page.one && page.one.open > 0;
  if (which && !rest) {
    await list();
    said = page.standing && page.standing.counts.open ? 'Nothing else is open that the filters show.' : 'Everything is settled.';
    $('write').focus();
  }
  if (!quiet) say(said);
  return said;
}

/* ---- deciding ---- */

/** @returns {boolean} whether a typed comment would be lost */
function commentTyped() {
  return page.drafts.size > 0;
}

/** @param {boolean} now whether a decision is on its way: until what follows is shown, no other is taken */
function busy(now) {
  page.busy = now;
  document.body.classList.toggle('is-busy', now);
}

/** @returns {Promise<void>} when no decision is on its way any more */
async function free() {
  while (page.busy) await new Promise((resolve) => { setTimeout(resolve, 20); });
}

/**
 * Send a decision; shown as saved only when the server has kept it.
 * @param {string} what the request
 * @param {object} body
 * @param {(answer:object) => (string|Node)[]} words said when it is kept
 * @param {boolean} [onward] whether to go to the next open one
 */
async function decide(what, body, words, onward = true) {
  if (page.busy || !page.one) return;
  busy(true);
  const place = here();
  unwarn();
  try {
    const { answer, error, again } = await change(what, { ...place, seen: page.one.seen, ...body });
    if (error) {
      if (error.status === 409) {
        await anew(place, again ? '' : error.message);
      } else warn(error.message);
      return;
    }
    page.standing = answer;
    page.version = answer.version;
    page.drafts.delete(draftKey());
    paintStanding();
    if (answer.shown) take(answer.shown);
    let end = '';
    if (onward && !(answer.shown && answer.shown.open)) end = await go('open', false, true);
    else if (!answer.shown) await list();
    say(...words(answer), ...(end ? [' ', end] : []));
  } finally {
    busy(false);
  }
}

/** @param {object} place @param {string} why show a difference anew that was changed elsewhere */
async function anew(place, why) {
  try {
    take(await ask('/one', query(place)));
    if (!why && page.one.decisions.some((each) => each.by === page.coder)) say('Saved.');
    else warn(why || 'This was changed elsewhere. It is shown anew.');
  } catch (error) {
    if (!error.status) throw error;
    await list();
    warn(why || error.message);
  }
}

/** @param {number} k settle as this coder had it */
function settleView(k) {
  const one = page.one && page.one.by[k];
  if (!one) return;
  if (!one.views) {
    say(name(one.name), ' did not look for these codes here.');
    return;
  }
  decide('settle', { choice: { coder: one.name }, note: $('note').value },
    () => ['Settled as ', one.machine ? 'the machine' : name(one.name), ' had it. Press z to undo.']);
}

/** Settle with the ticked codes. */
function settleCodes() {
  if (!page.one) return;
  if (!page.touched) {
    say('First tick codes with the number keys, or settle for a coder with a letter.');
    return;
  }
  const codes = [...page.ticked];
  decide('settle', { choice: { codes }, note: $('note').value }, () => (codes.length
    ? ['Settled: ', ...codes.flatMap((code, k) => [...(k ? [', '] : []), name(codeOf(code).name)]), '. Press z to undo.']
    : ['Settled: no code. Press z to undo.']));
}

/** @param {'undo'|'redo'} which */
async function turn(which) {
  await free(); // it is about the last action, also when that is still on its way
  const what = page.standing && page.standing[which];
  if (!what) {
    say(which === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
    return;
  }
  busy(true);
  try {
    const { answer, error } = await change(which, {});
    if (error) {
      warn(error.message);
      return;
    }
    page.standing = answer;
    page.version = answer.version;
    paintStanding();
    if (answer.shown) take(answer.shown);
    else await list();
    say(which === 'undo' ? 'Undone: ' : 'Done again: ', name(what), '.');
  } finally {
    busy(false);
  }
}

/** @param {boolean} overwrite write the settled coding */
async function write(overwrite) {
  if (!overwrite && page.standing && page.standing.settled_file.there) {
    $('again-file').textContent = page.standing.settled_file.name;
    $('again').showModal();
    $('again-title').focus();
    return;
  }
  const button = $('write');
  button.disabled = true;
  try {
    const { answer, error } = await change('write', { overwrite });
    if (error) {
      warn(error.message);
      return;
    }
    const lines = [
      `${counted(answer.segments, 'segment')} settled: ${answer.shared.toLocaleString('en-GB')} read by two or more people, ${answer.alone.toLocaleString('en-GB')} by one; ${counted(answer.codings, 'code')}.`,
    ];
    if (answer.open) lines.push(`${counted(answer.open, 'segment is', 'segments are')} left out: a disagreement there is open.`);
    if (answer.unused) lines.push(`${counted(answer.unused, 'decision was', 'decisions were')} not used.`);
    const items = lines.map((line) => make('li', '', line));
    for (const file of answer.files) {
      const item = make('li');
      const path = make('bdi', 'path', file);
      path.dir = 'auto';
      item.append(path);
      items.push(item);
    }
    await showList();
    $('written').replaceChildren(...items);
    $('written').hidden = false;
    say('The settled coding is written.');
  } catch (error) {
    told(error);
  } finally {
    button.disabled = false;
  }
}

/* ---- another code ---- */

/** @returns {object[]} the codes that somebody looked for here */
function possibleCodes() {
  const possible = new Set(page.one.possible);
  return [...state.codes.values()].filter((code) => possible.has(code.code));
}

/** @param {object} code tick it */
function tick(code) {
  if (!page.ticked.has(code.code)) toggle(code.code);
  say('Ticked: ', name(code.name), '. Enter settles.');
}

/** Wire the box. */
function wireAdd() {
  wireCodeBox({
    codes: possibleCodes,
    status: (code) => (page.ticked.has(code.code) ? 'ticked' : ''),
    choose: tick,
    none: 'No code matches that somebody looked for here without suggestions.',
  });
  $('add').addEventListener('close', () => $('passage').focus({ preventScroll: true }));
}

/* ---- actions ---- */

const actions = {
  list: () => free().then(list),
  begin: () => go('open'),
  more: () => showList(true).catch(told),
  open: (button) => open({ document: button.dataset.document, segment: Number(button.dataset.segment) }),
  view: (button) => settleView(Number(button.dataset.k)),
  tick: (button) => toggle(Number(button.dataset.code)),
  none: () => decide('settle', { choice: { none: true }, note: $('note').value }, () => ['Settled: none of the codes at odds. Press z to undo.']),
  'settle-codes': settleCodes,
  other: openCodeBox,
  note: () => { $('note').focus(); },
  'save-note': () => decide('comment', { note: $('note').value }, () => ['The comment is saved.'], false),
  reopen: () => decide('reopen', {}, () => ['It is open again. Press z to undo.'], false),
  skip: () => free().then(() => go('open')),
  'next-open': () => free().then(() => go('open')),
  previous: () => free().then(() => go('open', true)),
  next: () => free().then(() => go('')),
  before: () => free().then(() => go('', true)),
  undo: () => turn('undo'),
  redo: () => turn('redo'),
  definitions: () => { $('definitions').focus(); $('definitions').scrollIntoView({ block: 'nearest' }); },
  write: () => write(false),
  overwrite: () => { $('again').close(); write(true); },
  retry: retryNow,
  help: () => { $('help').showModal(); $('help-title').focus(); },
};

const ANYWHERE = { n: 'next-open', z: 'undo', y: 'redo', Z: 'redo', Y: 'redo', '?': 'help' };
const ON_ONE = {
  ...ANYWHERE, s: 'skip', p: 'previous', j: 'next', k: 'before', 0: 'none', x: 'none', '/': 'other', m: 'note', o: 'reopen',
  g: 'definitions', l: 'list', ArrowDown: null, Escape: 'list',
};

/** @param {number} way move in the list */
function stepList(way) {
  const all = listButtons();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + way))]?.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.isComposing || event.defaultPrevented || event.altKey || document.querySelector('dialog[open]')) return;
  const { key, target } = event;
  if (target.id === 'note' && (key === 'Escape' || (key === 'Enter' && (event.ctrlKey || event.metaKey)))) {
    event.preventDefault();
    $('passage').focus({ preventScroll: true });
    return;
  }
  if (target.closest('input:not([type="checkbox"]), textarea, select')) return;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() === 'z') {
      event.preventDefault();
      if (!event.repeat) actions[event.shiftKey ? 'redo' : 'undo']();
    }
    return;
  }
  if (!page.one) {
    const way = { j: 1, k: -1 }[key];
    if (way) {
      event.preventDefault();
      stepList(way);
    } else if (Object.hasOwn(ANYWHERE, key)) {
      event.preventDefault();
      if (!event.repeat) actions[ANYWHERE[key]]();
    }
    return;
  }
  let act = null;
  const digit = /^[1-9]$/.test(key) ? key : (/^Digit([1-9])$/.exec(event.code || '') || [])[1];
  if (Object.hasOwn(ON_ONE, key) && ON_ONE[key]) act = actions[ON_ONE[key]];
  else if (LETTERS.includes(key) && key.length === 1) act = () => settleView(LETTERS.indexOf(key));
  else if (digit && !/^[a-z]$/i.test(key) && key !== '0') {
    act = () => {
      const code = codeAt(Number(digit));
      if (code === undefined) say('There is no code with this number.');
      else toggle(code);
    };
  } else if (key === 'Enter' && !target.closest('button, a, summary')) act = settleCodes;
  if (!act) return;
  event.preventDefault();
  if (event.repeat && !['j', 'k', 'n', 'p', 's'].includes(key)) return; // a key held down decides once
  act();
}

/** Mouse, touch, and what is typed. */
function wire() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (!button || button.disabled) return;
    actions[button.dataset.do](button);
  });
  document.addEventListener('keydown', onKey);
  for (const [id, filter] of Object.entries(FILTERS)) {
    $(id).addEventListener('change', () => {
      page.filters[filter] = $(id).value;
      keepAddress();
      showList().catch(told);
    });
  }
  $('note').addEventListener('input', paintNote);
  $('says-close').addEventListener('click', unwarn);
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => $(button.dataset.close).close());
  }
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  }
  wireAdd();
  onWaiting((now) => {
    unsaved = now;
    $('unsaved').hidden = !now;
  });
  window.addEventListener('online', retryNow);
  window.addEventListener('beforeunload', (event) => {
    if (unsaved || page.busy || commentTyped()) { event.preventDefault(); event.returnValue = ''; }
  });
}

/** Look whether something was changed elsewhere. */
async function poll() {
  if (document.visibilityState === 'visible' && !page.busy) {
    try {
      const { version } = await get('/api/differences/version');
      if (version !== page.version && !page.busy) {
        const place = here();
        if (!place) {
          await showList();
        } else if (page.touched || commentTyped()) {
          // What is being decided stays; the decision is checked when it is sent.
          page.version = version;
        } else {
          const { seen } = page.one;
          const fresh = await ask('/one', query(place));
          if (JSON.stringify(place) === JSON.stringify(here())) {
            take(fresh);
            if (fresh.seen !== seen) say('Changed elsewhere: shown anew.');
          }
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) console.warn(error);
    }
  }
  setTimeout(poll, POLL);
}

/** Take coders, filters and place from the address. */
function readAddress() {
  const search = new URLSearchParams(location.search);
  page.coders = search.getAll('coder');
  for (const filter of Object.keys(page.filters)) if (search.has(filter)) page.filters[filter] = search.get(filter);
  const hash = /^#(\d+)\/(.+)$/.exec(location.hash);
  if (!hash) return null;
  try {
    return { segment: Number(hash[1]), document: decodeURIComponent(hash[2]) };
  } catch (error) {
    return null;
  }
}

/** Begin. */
async function begin() {
  wire();
  const place = readAddress();
  for (;;) {
    try {
      const answer = await ask('/people');
      Object.assign(page, { coder: answer.coder, people: answer.people, machine: answer.machine });
      state.codes = new Map(answer.codes.map((code) => [code.code, code]));
      if (answer.seen_only.length) {
        $('seen-only').hidden = false;
        $('seen-only').append(...answer.seen_only.flatMap((one, k) => [...(k ? [', '] : []), name(one)]),
          ' coded with suggestions in view alone. Such codings are not compared.');
      }
      break;
    } catch (error) {
      warn(error instanceof Unreachable ? 'The server does not answer. Trying again.' : error.message);
      if (!(error instanceof Unreachable)) return;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  unwarn();
  drawPeople(() => { keepAddress(); showList().catch(told); });
  if (!place || !await open(place)) await list();
  setTimeout(poll, POLL);
}

begin();
