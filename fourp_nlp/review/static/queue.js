/** The queue of a code: one candidate after the other, each decided with one key. */
import { get, Unreachable } from './api.js';
import { make } from './render.js';
import { counted, state } from './state.js';
import { name, say, unwarn, warn } from './say.js';
import { Outbox } from './outbox.js';
import {
  asked, DEFAULTS, isFixed, keyOf, load, move, now, placeOf, queue, replace, takeStanding, valueOf,
} from './queue_state.js';
import { nextCode, paint, paintDecision, paintStanding } from './queue_view.js';

const POLL = 4000;
const SELECTS = { 'filter-code': 'code', 'filter-scope': 'scope', 'filter-order': 'order', 'filter-state': 'state', 'filter-differ': 'differ' };
const NUMBERS = { 'filter-least': 'least', 'filter-most': 'most' };
const $ = (id) => document.getElementById(id);

/** @param {unknown} error tell it */
function told(error) {
  if (error && error.status) warn(error.message);
  else if (error instanceof Unreachable) warn('The server does not answer. Nothing was lost: try again.');
  else throw error;
}

/* ---- deciding ---- */

const outbox = new Outbox({
  taken: (job, answer) => {
    const shown = now();
    for (const item of answer.items) if (!waits(item)) replace(item);
    if (outbox.unsaved) return;
    takeStanding(answer);
    paintStanding();
    if (shown) paintDecision();
  },
  refused: async (job, error) => {
    warn(error.message);
    if (!job.about) return;
    // What stands is shown: another window, a draw or a changed text were quicker.
    await show(job.about).catch(told);
  },
  waiting: (count) => {
    $('unsaved').hidden = !count;
    $('unsaved-text').textContent = `The server does not answer. ${counted(count, 'decision')} not saved yet: trying again.`;
  },
});

/** @param {object} item @returns {boolean} whether a decision on it is still on its way */
function waits(item) {
  return outbox.jobs.some((job) => job.about && keyOf(job.about) === keyOf(item));
}

/** @param {boolean|null} value decide on the candidate that is shown @returns {boolean} whether it could be */
function decide(value) {
  const item = now();
  if (!item) return false;
  if (isFixed(item)) {
    warn('You coded this earlier, without suggestions. It cannot be changed here.');
    return false;
  }
  const was = valueOf(item);
  if (was === value) return true;
  unwarn();
  const kind = (one) => (one === null ? 'open' : one ? 'accepted' : 'rejected');
  queue.counts[kind(was)] = Math.max(0, queue.counts[kind(was)] - 1);
  queue.counts[kind(value)] += 1;
  item.state = kind(value);
  item.bulk = false;
  outbox.send('/api/queue/decide', { ...placeOf(item), value, was, seen: item.seen, filters: asked() }, item);
  return true;
}

/** @param {boolean} value accept or reject, then go on */
async function settle(value) {
  const item = now();
  if (!item || !decide(value)) return;
  say(value ? 'Accepted: ' : 'Rejected: ', name(state.codes.get(item.code_number).name), '. Press z to undo.');
  await go(1, ['open', 'all'].includes(queue.filters.state));
}

/** @param {'undo'|'redo'} which */
async function turn(which) {
  if (!queue[which] && !outbox.unsaved) {
    say(which === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
    return;
  }
  const what = queue[which];
  const answer = await outbox.send(`/api/queue/${which}`, { filters: asked() });
  if (!answer) return;
  const [item] = answer.items;
  let where = [];
  if (item) {
    let at = queue.items.findIndex((one) => keyOf(one) === keyOf(item));
    const fits = queue.filters.code === '' || Number(queue.filters.code) === item.code_number;
    if (at < 0 && fits) {
      at = Math.min(queue.at, queue.items.length);
      queue.items.splice(at, 0, item);
    }
    if (at >= 0) Object.assign(queue, { at, atEnd: false });
    else where = [', in ', name(item.document)];
  } else where = [', in ', name(answer.in_document)];
  shown();
  say(which === 'undo' ? 'Undone' : 'Done again', ...(what ? [': ', name(what)] : []), ...where, '.');
}

/* ---- moving ---- */

/** Show where one is, and keep it in the address. */
function shown() {
  paint();
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(queue.filters)) if (value !== DEFAULTS[key]) search.set(key, value);
  const item = now();
  const hash = item ? `#${item.segment}/${encodeURIComponent(item.code)}/${encodeURIComponent(item.document)}` : '';
  history.replaceState(null, '', `/queue${String(search) ? `?${search}` : ''}${hash}`);
  if (!document.activeElement.closest('.queue-bar, .side')) focusPassage();
}

/** Put the focus on what is shown. */
function focusPassage() {
  $(now() ? 'passage' : 'ending').focus({ preventScroll: true });
}

/** @param {1|-1} way @param {boolean} [onlyOpen] */
async function go(way, onlyOpen = false) {
  try {
    const before = now();
    const moved = await move(way, onlyOpen);
    if (!moved && way < 0) say('This is the first one.');
    shown();
    if (now() !== before) window.scrollTo({ top: 0, behavior: 'auto' });
  } catch (error) {
    told(error);
  }
}

/** @param {object|null} [item] load the queue, from a candidate if one is given */
async function show(item = null) {
  if (await load(item && placeOf(item))) shown();
}

/** Read the filters from their controls, and load the queue anew. */
async function filter() {
  for (const [id, key] of Object.entries(SELECTS)) queue.filters[key] = $(id).value;
  for (const [id, key] of Object.entries(NUMBERS)) queue.filters[key] = $(id).checkValidity() ? $(id).value : '';
  const group = $('filter-group').value;
  [queue.filters.attribute, queue.filters.value] = group ? JSON.parse(group) : ['', ''];
  if (queue.filters.code === '') queue.filters.scope = 'suggested';
  paintFilters();
  try {
    await show();
  } catch (error) {
    told(error);
  }
}

/** Have the controls say what the filters are. */
function paintFilters() {
  for (const [id, key] of Object.entries({ ...SELECTS, ...NUMBERS })) $(id).value = queue.filters[key];
  const { attribute, value } = queue.filters;
  $('filter-group').value = attribute ? JSON.stringify([attribute, value]) : '';
  $('filter-scope').disabled = queue.filters.code === '';
  const on = ['state', 'least', 'most', 'attribute', 'differ'].filter((key) => queue.filters[key] !== DEFAULTS[key]).length;
  $('filters-on').textContent = on ? ` (${on} on)` : '';
  const one = queue.filters.code === '' ? null : state.codes.get(Number(queue.filters.code));
  $('title').replaceChildren(one ? name(one.name) : document.createTextNode('All codes'));
  $('title').title = one ? one.name : '';
}

/** @param {object} changed filters */
function refilter(changed) {
  Object.assign(queue.filters, changed);
  paintFilters();
  return show().catch(told);
}

/* ---- keys, mouse and touch ---- */

/** @param {boolean} [open] show or hide the definition on a narrow page */
function drawer(open = !document.body.classList.contains('drawer-open')) {
  document.body.classList.toggle('drawer-open', open);
  $('drawer-button').setAttribute('aria-expanded', String(open));
  if (open) $('side').querySelector('.side-close button').focus();
  else focusPassage();
}

const actions = {
  accept: () => settle(true),
  reject: () => settle(false),
  reopen: () => {
    if (now() && decide(null)) say('Open again.');
    paintDecision();
    paintStanding();
  },
  next: () => go(1),
  previous: () => go(-1),
  undo: () => turn('undo'),
  redo: () => turn('redo'),
  document: () => { if (now()) location.assign($('open-document').href); },
  go: (button) => {
    const at = queue.items.findIndex((item) => keyOf(item) === button.dataset.key);
    if (at < 0) return;
    queue.at = at;
    shown();
    focusPassage();
    window.scrollTo({ top: 0, behavior: 'auto' });
  },
  definition: () => {
    if (getComputedStyle($('side')).position === 'fixed') drawer(true);
    else $('side').focus();
  },
  drawer: () => drawer(),
  'next-code': () => {
    const next = nextCode();
    if (next) refilter({ code: String(next.code), scope: 'suggested' });
  },
  others: () => refilter({ scope: 'others', state: 'open' }),
  restart: () => show().catch(told),
  clear: () => refilter({ ...DEFAULTS, code: queue.filters.code, scope: queue.filters.scope, order: queue.filters.order }),
  retry: () => outbox.retry(),
  help: () => { $('help').showModal(); $('help-title').focus(); },
};
const LETTERS = {
  a: 'accept', x: 'reject', n: 'next', j: 'next', p: 'previous', k: 'previous', o: 'reopen', z: 'undo', y: 'redo', d: 'document', g: 'definition',
};
const IN_PASSAGE = { Enter: 'accept', Backspace: 'reject', ArrowDown: 'next', ArrowUp: 'previous' };
const MOVING = new Set(['next', 'previous']);

/** @param {KeyboardEvent} event @returns {string|null} */
function meant(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return key !== 'z' ? null : event.shiftKey ? 'redo' : 'undo';
  if (event.key === '?') return 'help';
  if (event.shiftKey) return key === 'z' ? 'redo' : null;
  if (Object.hasOwn(IN_PASSAGE, key)) return event.target.closest('button, a, summary, .side') ? null : IN_PASSAGE[key];
  return Object.hasOwn(LETTERS, key) ? LETTERS[key] : null;
}

/** Wire keys, mouse and touch. */
function wire() {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      unwarn();
      if (document.body.classList.contains('drawer-open')) drawer(false);
      else focusPassage();
      return;
    }
    if (event.target.closest('input, textarea, select')) return;
    const action = meant(event);
    if (!action) return;
    event.preventDefault();
    if (event.repeat && !MOVING.has(action)) return; // a key held down decides once
    actions[action]();
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (!button && document.body.classList.contains('drawer-open') && !event.target.closest('.side, dialog, .says')) drawer(false);
    if (!button || button.disabled) return;
    actions[button.dataset.do](button);
    // Who uses the mouse goes on by keys: Enter must not press the same button again.
    if (event.detail > 0 && button.closest('.passage, .top') && button.dataset.do !== 'help') focusPassage();
  });
  for (const id of [...Object.keys(SELECTS), ...Object.keys(NUMBERS), 'filter-group']) $(id).addEventListener('change', filter);
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => $(button.dataset.close).close());
  }
  $('help').addEventListener('click', (event) => { if (event.target === $('help')) $('help').close(); });
  $('help').addEventListener('close', focusPassage);
  $('says-close').addEventListener('click', () => { unwarn(); focusPassage(); });
  window.addEventListener('beforeunload', (event) => {
    if (outbox.unsaved) { event.preventDefault(); event.returnValue = ''; }
  });
  window.addEventListener('online', () => outbox.retry());
}

/** Fill the lists of the filters. @param {Record<string, string[]>} attributes */
function drawChoices(attributes) {
  const open = queue.open.reduce((sum, one) => sum + one, 0);
  $('filter-code').firstElementChild.textContent = `All codes (${open.toLocaleString('en-GB')} open)`;
  for (const code of queue.codes) {
    const option = make('option', '', `${code.code + 1}. ${code.name} (${queue.open[code.code].toLocaleString('en-GB')} open)`);
    option.value = String(code.code);
    $('filter-code').append(option);
  }
  for (const [attribute, values] of Object.entries(attributes)) {
    const group = make('optgroup');
    group.label = attribute;
    for (const value of values) {
      const option = make('option', '', value);
      option.value = JSON.stringify([attribute, value]);
      group.append(option);
    }
    $('filter-group').append(group);
  }
  $('filter-group-box').hidden = !Object.keys(attributes).length;
  $('differ-coders').hidden = !queue.people_differ;
}

/** Look whether something was changed elsewhere. */
async function poll() {
  if (document.visibilityState === 'visible' && !outbox.unsaved) {
    try {
      const { version } = await get('/api/version');
      if (version > queue.version && !outbox.unsaved) {
        await show(now() || null);
        say('Changed elsewhere: shown anew.');
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) console.warn(error);
    }
  }
  setTimeout(poll, POLL);
}

/** Take filters and place from the address. @returns {object|null} the candidate to begin with */
function readAddress() {
  const search = new URLSearchParams(location.search);
  for (const key of Object.keys(DEFAULTS)) if (search.has(key)) queue.filters[key] = search.get(key);
  if (!state.codes.has(Number(queue.filters.code || NaN))) Object.assign(queue.filters, { code: '', scope: 'suggested' });
  const hash = /^#(\d+)\/([^/]+)\/(.+)$/.exec(location.hash);
  try {
    return hash && { segment: Number(hash[1]), code: decodeURIComponent(hash[2]), document: decodeURIComponent(hash[3]) };
  } catch (error) {
    return null;
  }
}

/** Begin. */
async function begin() {
  wire();
  let answer;
  for (;;) {
    try {
      answer = await get('/api/queue');
      Object.assign(queue, { codes: answer.codes, open: answer.open, people_differ: answer.people_differ });
      state.codes = new Map(answer.codes.map((code) => [code.code, code]));
      $('help-machine').textContent = answer.machine ? `Suggestions made by ${answer.machine}.` : 'There are no suggestions from a machine.';
      drawChoices(answer.attributes);
      await show(readAddress());
      break;
    } catch (error) {
      warn(error instanceof Unreachable ? 'The server does not answer. Trying again.' : error.message);
      if (!(error instanceof Unreachable)) return;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  unwarn();
  paintFilters();
  $('filters').open = Boolean($('filters-on').textContent) && !window.matchMedia('(max-width: 40rem)').matches;
  focusPassage();
  $('reading').dataset.ready = 'true';
  setTimeout(poll, POLL);
}

begin();
