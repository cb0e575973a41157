/** A draw: one segment at a time, coded without suggestions; answers are kept one by one, and imported at the end. */
import { get, Unreachable } from './api.js';
import { openCodeBox, quoteInCodeBox, wireCodeBox } from './code_box.js';
import { make } from './render.js';
import { counted, hueOf, state } from './state.js';
import { fill, name, say, unwarn, warn } from './say.js';
import { drawBook, paintBook, searchBook, showDefinitions } from './draw_book.js';
import { enqueue, onAnswers, retryNow, unsaved, unsavedOf } from './draw_answers.js';

const $ = (id) => document.getElementById(id);
const POLL = 4000;
const BLOCK = 20;
const NUMBERED = 9;

/** @typedef {{i:number, codes:number[], read:boolean, locked:boolean, there:boolean, lost:string}} Given */
const draw = {
  number: 0,
  id: '',
  /** @type {object[]} codes that the draw asks for */
  codes: [],
  /** @type {Given[]} */
  answers: [],
  /** @type {object[]} sparse: texts that were loaded */
  texts: [],
  current: 0,
  atEnd: false,
  version: 0,
  read: 0,
  progress: { segments: 0, coded: 0, imported: 0, pending: 0, gone: 0, finished: false },
  undo: null,
  redo: null,
  done: '', // what was said of an import, until something is answered
};

/** @param {Given} one @returns {boolean} whether it counts as coded */
const isCoded = (one) => one.there && (one.read || one.locked);

/** @returns {{codes:number[], read:boolean}} */
const answerOf = ({ codes, read }) => ({ codes: [...codes].sort((a, b) => a - b), read });

/* ---- texts ---- */

const loading = new Map();

/** @param {number} i @returns {Promise<object>} the text of a segment, loaded if need be */
async function textOf(i) {
  if (draw.texts[i]) return draw.texts[i];
  const from = Math.floor(i / BLOCK) * BLOCK;
  if (!loading.has(from)) {
    loading.set(from, get(`/api/draws/${draw.number}/segments`, { from, count: BLOCK })
      .then((answer) => { for (const one of answer.segments) draw.texts[one.i] = one; })
      .finally(() => loading.delete(from)));
  }
  await loading.get(from);
  return draw.texts[i];
}

/* ---- painting ---- */

/** Show the progress, and what can be undone. */
function paintProgress() {
  const { segments, gone } = draw.progress;
  const coded = draw.answers.filter(isCoded).length;
  $('bar').max = segments || 1;
  $('bar').value = segments ? coded : 1;
  $('progress-text').textContent = `${coded.toLocaleString('en-GB')} of ${segments.toLocaleString('en-GB')} coded`
    + (gone ? ` · ${gone} no longer there` : '') + (draw.progress.finished ? ' · imported' : '');
  for (const [id, what, key] of [['undo', draw.undo, 'z'], ['redo', draw.redo, 'y']]) {
    $(id).disabled = !what && !unsaved();
    $(id).title = what ? `${id === 'undo' ? 'Undo' : 'Redo'}: ${what} (${key})` : '';
  }
  $('thumb-undo').disabled = $('undo').disabled;
}

/** One bead a segment: where one is, and what is coded. */
function paintBeads() {
  const list = $('beads');
  const many = draw.answers.length > 60;
  list.hidden = many;
  if (many) return;
  if (list.children.length !== draw.answers.length) {
    list.replaceChildren(...draw.answers.map((one) => {
      const item = make('li');
      const button = make('button', 'bead', String(one.i + 1));
      button.type = 'button';
      button.tabIndex = -1;
      button.dataset.segment = String(one.i);
      item.append(button);
      return item;
    }));
  }
  draw.answers.forEach((one, i) => {
    const button = list.children[i].firstChild;
    button.classList.toggle('is-coded', isCoded(one));
    button.classList.toggle('is-gone', !one.there);
    const here = i === draw.current && !draw.atEnd;
    button.classList.toggle('is-current', here);
    if (here) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    const stands = one.there ? (isCoded(one) ? 'coded' : 'not coded') : 'no longer there';
    button.setAttribute('aria-label', `Segment ${i + 1}, ${stands}`);
  });
}

/** Show the answer to the current segment. */
function paintAnswer() {
  const one = draw.answers[draw.current];
  if (!one) return;
  const closed = one.locked || !one.there;
  const held = $('marks').contains(document.activeElement);
  $('marks').replaceChildren(...one.codes.map((code) => {
    const item = make('li', `mark ${hueOf(code)} is-accepted`);
    const button = make('button', 'mark-label');
    button.type = 'button';
    button.disabled = closed;
    button.dataset.code = String(code);
    const title = state.codes.get(code)?.name || `Code ${code}`;
    button.append(name(title), make('span', 'sr', closed ? '' : ', take it away'));
    item.append(button);
    return item;
  }));
  $('marks').hidden = !one.codes.length;
  if (held) $('passage').focus({ preventScroll: true });
  const none = one.read && !one.codes.length;
  let text = '';
  if (!one.there) text = 'This segment cannot be coded any more: its document or the unit of coding has changed.';
  else if (one.locked && !one.read) text = 'You coded this segment elsewhere. It is in the gold files.';
  else if (none) text = 'No code applies.';
  else if (one.lost) text = `Answer again: a code that you gave (${one.lost}) is not in the codebook any more.`;
  else if (!one.codes.length) text = 'Not coded yet.';
  $('given-none').textContent = text;
  $('given-none').hidden = !text;
  $('given-none').classList.toggle('is-none', none);
  const waits = unsavedOf(one.i);
  $('saved').textContent = waits ? waits : one.locked ? 'Imported: it is in the gold files.' : one.read ? 'Saved.' : '';
  $('saved').classList.toggle('is-unsaved', Boolean(waits));
  $('none-button').setAttribute('aria-pressed', String(none));
  $('thumb-none').setAttribute('aria-pressed', String(none));
  for (const id of ['none-button', 'add-button', 'thumb-none', 'thumb-add']) $(id).disabled = closed || draw.atEnd;
  paintBook(one, (code) => closed || draw.atEnd || (draw.texts[one.i]?.cannot || []).includes(code));
}

/** Show everything that answers change. */
function paint() {
  paintProgress();
  paintBeads();
  if (draw.atEnd) paintEnding();
  paintAnswer();
}

/** @param {string} id @param {string} text fill a part of the context, or hide it */
function around(id, text) {
  $(id).hidden = !text;
  $(`${id}-text`).textContent = text;
}

/** Show the text of the current segment. @param {object} text */
function paintText(text) {
  const total = draw.answers.length;
  $('place').textContent = `Segment ${(draw.current + 1).toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}`;
  $('from').textContent = text.document;
  around('before', text.before);
  around('after', text.after);
  const who = text.speaker ? [name(text.speaker)] : [];
  if (text.speaker_role) who.push(who.length ? ' · ' : '', name(text.speaker_role));
  $('speaker').hidden = !who.length;
  fill($('speaker'), ...who);
  $('now').textContent = text.text;
  $('shown').hidden = !text.suggested;
  if (text.suggested) fill($('shown'), 'The machine suggests: ', name(text.suggested), '. Decide for yourself.');
}

let latest = 0;

/** Go to a segment. @param {number} i @param {{focus?:boolean}} [how] */
async function go(i, { focus = true } = {}) {
  latest += 1;
  const mine = latest;
  let text;
  try {
    text = await textOf(i);
  } catch (error) {
    if (mine === latest) warn(error instanceof Unreachable ? 'The server does not answer. Try again.' : error.message);
    return;
  }
  if (mine !== latest || !text) return;
  draw.current = i;
  draw.atEnd = false;
  $('ending').hidden = true;
  $('passage').hidden = false;
  paintText(text);
  paint();
  history.replaceState(null, '', `#s${i + 1}`);
  if (focus) $('passage').focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: 'auto' });
  if ((i + 1) % BLOCK > BLOCK - 5 && i + BLOCK < draw.answers.length) textOf(i + 5).catch(() => {});
}

/* ---- the end ---- */

/** Show what can be imported. */
function paintEnding() {
  const { pending, gone, finished } = draw.progress;
  const left = draw.answers.filter((one) => one.there && !isCoded(one)).length;
  $('ending-title').textContent = finished ? 'This draw is finished'
    : left ? `${counted(left, 'segment')} ${left === 1 ? 'is' : 'are'} not coded yet` : 'Everything is coded';
  let text;
  if (finished) text = 'All segments are in the gold files. The documents show their suggestions again.';
  else if (!pending) text = 'Nothing is waiting to be imported.';
  else {
    text = `${counted(pending, 'answer')} can be imported into the gold files. After that, you can change them only there.`;
    if (left) text += ' What is not coded counts as unread. The figures of a draw hold only if all of it is coded.';
  }
  if (gone) text += ` ${counted(gone, 'segment')} of the draw can no longer be coded, because the text has changed.`;
  $('ending-text').textContent = text;
  $('import').hidden = finished || !pending;
  $('import').textContent = left ? 'Import what is coded' : 'Import the draw';
  $('go-open').hidden = !left;
  $('go-back').hidden = finished;
}

/** Go to the end. */
function toEnd() {
  latest += 1;
  draw.atEnd = true;
  $('passage').hidden = true;
  $('ending').hidden = false;
  $('replace').hidden = true;
  paint();
  const button = [$('import'), $('go-open'), $('leave')].find((one) => !one.hidden);
  button.focus();
  window.scrollTo({ top: 0, behavior: 'auto' });
}

/** @param {boolean} replace import the answers */
async function takeIn(replace) {
  if (!draw.atEnd) return toEnd();
  if (draw.progress.finished) return undefined;
  unwarn();
  for (const id of ['import', 'replace']) $(id).disabled = true;
  const answer = await enqueue('take_in', { replace });
  for (const id of ['import', 'replace']) $(id).disabled = false;
  if (!answer) return undefined;
  $('replace').hidden = true;
  const notes = answer.notes.map((note) => make('li', '', note));
  const list = make('ul', 'imported-notes');
  list.append(...notes);
  const parts = answer.said.map((sentence) => make('p', '', sentence));
  parts.push(make('p', 'muted', 'To take this back: fourp undo'));
  $('imported').replaceChildren(...parts, ...(notes.length ? [list] : []));
  $('leave').focus();
  return undefined;
}

/* ---- answering ---- */

/** @param {{codes:number[], read:boolean}} now @returns {boolean} whether it could be answered */
function answer(now) {
  const one = draw.answers[draw.current];
  if (draw.atEnd || !one) return false;
  if (!one.there) {
    warn('This segment cannot be coded any more.');
    return false;
  }
  if (one.locked) {
    warn('This segment is in the gold files already. Change the code there.');
    return false;
  }
  unwarn();
  const was = answerOf(one);
  Object.assign(one, answerOf(now), { lost: '' });
  enqueue('answer', { segment: one.i, now: answerOf(now), was });
  paint();
  return true;
}

/** Give the current segment a code, or take it away. @param {number} code */
function toggle(code) {
  const one = draw.answers[draw.current];
  if (!one || draw.atEnd) return;
  if ((draw.texts[one.i]?.cannot || []).includes(code)) {
    say('By the codebook, ', name(state.codes.get(code).name), ' cannot apply here.');
    return;
  }
  const has = one.codes.includes(code);
  const codes = has ? one.codes.filter((each) => each !== code) : [...one.codes, code];
  if (!answer({ codes, read: codes.length > 0 })) return;
  say(has ? 'Taken away: ' : 'Given: ', name(state.codes.get(code).name), '.');
}

/** No code applies: go on, or open it again. */
function none() {
  const one = draw.answers[draw.current];
  if (!one || draw.atEnd) return;
  if (one.read && !one.codes.length && !one.locked) {
    step(1);
    return;
  }
  if (!answer({ codes: [], read: true })) return;
  say(`Segment ${one.i + 1}: no code applies.`);
  step(1);
}

/** @param {1|-1} way */
function step(way) {
  if (draw.atEnd) {
    if (way < 0) go(draw.current);
    return;
  }
  const to = draw.current + way;
  if (to < 0) say('This is the first segment.');
  else if (to >= draw.answers.length) toEnd();
  else go(to);
}

/** Go to the next or previous segment that is not coded. @param {1|-1} way */
function stepOpen(way) {
  const total = draw.answers.length;
  for (let k = 1; k <= total; k += 1) {
    const i = (draw.current + way * k + total * 2) % total;
    const one = draw.answers[i];
    if (one.there && !isCoded(one)) {
      go(i);
      return;
    }
  }
  say('Everything is coded.');
  toEnd();
}

/** @param {'undo'|'redo'} which */
async function back(which) {
  if (!draw[which] && !unsaved()) {
    say(which === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
    return;
  }
  const what = draw[which];
  const done = await enqueue(which, {});
  if (!done) return;
  if (done.segment !== draw.current || draw.atEnd) await go(done.segment);
  say(which === 'undo' ? 'Undone' : 'Done again', what ? ': ' : '.', ...(what ? [name(what), '.'] : []));
}

/* ---- any code ---- */

/** Open the box that gives any code. */
function openAdd() {
  const one = draw.answers[draw.current];
  if (!one || draw.atEnd || one.locked || !one.there) return;
  quoteInCodeBox(draw.texts[one.i].text);
  openCodeBox();
}

/** @returns {object[]} the codes that can apply to this segment */
function possibleCodes() {
  const { cannot } = draw.texts[draw.answers[draw.current].i];
  return draw.codes.filter((code) => !cannot.includes(code.code));
}

/** @param {object} code @returns {string} whether it is given, or its number key */
function standingOf(code) {
  if (draw.answers[draw.current].codes.includes(code.code)) return 'given: Enter takes it away';
  const k = draw.codes.indexOf(code);
  return k < NUMBERED ? String(k + 1) : '';
}

/* ---- keys, mouse and touch ---- */

/** @param {boolean} [open] show or hide the codebook on a narrow page */
function drawer(open = !document.body.classList.contains('drawer-open')) {
  document.body.classList.toggle('drawer-open', open);
  $('drawer-button').setAttribute('aria-expanded', String(open));
  if (open) $('side').querySelector('.side-close button').focus();
  else focusText();
}

/** Put the focus on the text, or on the end. */
function focusText() {
  (draw.atEnd ? $('ending') : $('passage')).focus({ preventScroll: true });
}

const actions = {
  next: () => step(1),
  previous: () => step(-1),
  'next-open': () => stepOpen(1),
  'previous-open': () => stepOpen(-1),
  open: () => stepOpen(1),
  back: () => go(draw.current),
  none,
  reopen: () => {
    const one = draw.answers[draw.current];
    if (one && !draw.atEnd && one.read && answer({ codes: [], read: false })) say('Open again.');
  },
  add: openAdd,
  undo: () => back('undo'),
  redo: () => back('redo'),
  ending: toEnd,
  import: () => takeIn(false),
  replace: () => takeIn(true),
  codebook: () => {
    if (getComputedStyle($('side')).position === 'fixed') drawer(true);
    $('book-find').focus();
    $('book-find').select();
  },
  definitions: () => showDefinitions(),
  drawer: () => drawer(),
  help: () => { $('help').showModal(); $('help-title').focus(); },
  retry: retryNow,
};
const LETTERS = {
  j: 'next', k: 'previous', n: 'next-open', p: 'previous-open', c: 'add', x: 'none', o: 'reopen', z: 'undo', y: 'redo',
  g: 'codebook', d: 'definitions', ArrowRight: 'next', ArrowLeft: 'previous',
};
const SHIFTED = { z: 'redo', i: 'ending' };
const PRESSED = '.give, .book-short, [data-do="undo"], [data-do="redo"], [data-do="definitions"]';
const MOVING = new Set(['next', 'previous', 'next-open', 'previous-open']);

/** @param {KeyboardEvent} event @returns {string|number|null} an action, or the number of a code */
function meant(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return key !== 'z' ? null : event.shiftKey ? 'redo' : 'undo';
  if (event.key === '?') return 'help';
  if (event.key === '/') return 'add';
  // By the place of the key where digits need Shift, as on a French keyboard.
  const digit = /^[0-9]$/.test(key) ? key : /^[a-z]$/.test(key) ? '' : /^Digit([0-9])$/.exec(event.code || '')?.[1] || '';
  if (digit) return digit === '0' ? 'none' : Number(digit) - 1;
  if (event.shiftKey) return SHIFTED[key] || null;
  if (key === 'Enter') return event.target.closest('button, a, summary') ? null : 'next';
  return Object.hasOwn(LETTERS, key) ? LETTERS[key] : null;
}

/** Wire the keys. */
function wireKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      unwarn();
      if (event.target === $('book-find') && event.target.value) {
        event.target.value = '';
        searchBook('');
      } else if (document.body.classList.contains('drawer-open')) drawer(false);
      else focusText();
      return;
    }
    if (event.target.closest('input, textarea, select')) return;
    const action = meant(event);
    if (action === null) return;
    event.preventDefault();
    if (event.repeat && !MOVING.has(action)) return; // a key held down answers once
    if (typeof action === 'string') {
      if (event.repeat && draw.current === draw.answers.length - 1 && action === 'next') return;
      actions[action]();
    } else if (draw.codes[action]) toggle(draw.codes[action].code);
    else say(`There is no code with the number ${action + 1}.`);
  });
}

/** Wire mouse and touch. */
function wirePointer() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (!button && document.body.classList.contains('drawer-open') && !event.target.closest('.side, dialog, .says')) drawer(false);
    if (button && !button.disabled) actions[button.dataset.do](button);
    // Who uses the mouse goes on by keys: Enter must not press the same button again.
    const pressed = event.detail > 0 && event.target.closest(PRESSED);
    if (pressed && !document.body.classList.contains('drawer-open')) focusText();
  });
  $('marks').addEventListener('click', (event) => {
    const label = event.target.closest('.mark-label');
    if (label) toggle(Number(label.dataset.code));
  });
  $('beads').addEventListener('click', (event) => {
    const bead = event.target.closest('.bead');
    if (bead) go(Number(bead.dataset.segment));
  });
  for (const button of document.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => $(button.dataset.close).close());
  }
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener('close', focusText);
  }
  $('says-close').addEventListener('click', () => { unwarn(); focusText(); });
  window.addEventListener('beforeunload', (event) => {
    if (unsaved()) { event.preventDefault(); event.returnValue = ''; }
  });
  window.addEventListener('online', retryNow);
}

/* ---- what the server says ---- */

/** @param {object} answer what stands now; `answers` of some or all segments */
function take(answer) {
  for (const key of ['version', 'read', 'progress', 'undo', 'redo']) if (key in answer) draw[key] = answer[key];
  for (const one of answer.answers || []) if (!unsavedOf(one.i)) draw.answers[one.i] = one;
  paint();
}

/** Look whether something was answered or imported elsewhere. */
async function poll() {
  if (document.visibilityState === 'visible' && !unsaved()) {
    try {
      const { version, read } = await get(`/api/draws/${draw.number}/version`);
      if ((version !== draw.version || read !== draw.read) && !unsaved()) {
        const answer = await get(`/api/draws/${draw.number}`);
        if (!unsaved()) {
          draw.answers.length = answer.answers.length;
          take(answer);
          say('Changed elsewhere: shown anew.');
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) warn(error.message);
    }
  }
  setTimeout(poll, POLL);
}

/** Begin. */
async function begin() {
  draw.number = Number($('reading').dataset.number);
  let answer;
  for (;;) {
    try {
      answer = await get(`/api/draws/${draw.number}`);
      break;
    } catch (error) {
      warn(error instanceof Unreachable ? 'The server does not answer. Trying again.' : error.message);
      if (!(error instanceof Unreachable)) return;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  unwarn();
  draw.id = answer.draw;
  draw.codes = answer.codes;
  draw.answers = answer.answers;
  state.codes = new Map(answer.codes.map((code) => [code.code, code]));
  drawBook(draw.codes, NUMBERED, toggle);
  if (answer.later_codes) {
    $('book-later').hidden = false;
    $('book-later').textContent = `${counted(answer.later_codes, 'code')} came after the draw. It does not ask for ${answer.later_codes === 1 ? 'it' : 'them'}.`;
  }
  onAnswers(draw, take, (error) => {
    if (error.body.replace) {
      $('replace').hidden = false;
      warn(error.message);
      $('replace').focus();
    } else warn(error.message);
  });
  take(answer);
  wireCodeBox({ codes: possibleCodes, status: standingOf, choose: (code) => toggle(code.code), numberOf: (code) => draw.codes.indexOf(code) + 1 });
  wirePointer();
  wireKeys();
  const hash = /^#s(\d+)$/.exec(location.hash);
  const asked = hash ? Number(hash[1]) - 1 : -1;
  const first = draw.answers.findIndex((one) => one.there && !isCoded(one));
  if (draw.answers[asked]) await go(asked);
  else if (first >= 0) await go(first);
  else {
    draw.current = Math.max(0, draw.answers.length - 1);
    toEnd();
  }
  $('reading').dataset.ready = 'true';
  setTimeout(poll, POLL);
}

begin();
