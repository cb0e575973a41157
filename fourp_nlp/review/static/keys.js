/** The keys of the reading page, and when to leave a key alone. */

const LETTERS = {
  j: 'next', k: 'previous', n: 'next-open', p: 'previous-open', u: 'unsure', a: 'accept', x: 'reject',
  c: 'add', o: 'reopen', z: 'undo', y: 'redo', f: 'find', g: 'codebook', h: 'mark-left', l: 'mark-right', m: 'memo',
};
const SHIFTED = { z: 'redo', f: 'finish' };
const IN_TEXT = {
  ArrowDown: 'next', ArrowUp: 'previous', Enter: 'accept', Backspace: 'reject', ArrowRight: 'begin-right', ArrowLeft: 'begin-left',
};
const SHIFTED_IN_TEXT = {
  ArrowRight: 'extend-right', ArrowLeft: 'extend-left', ArrowDown: 'extend-down', ArrowUp: 'extend-up',
};
const MOVING = new Set(['next', 'previous', 'next-open', 'previous-open', 'mark-left', 'mark-right',
  'extend-right', 'extend-left', 'extend-down', 'extend-up', 'begin-right', 'begin-left']);

/** @param {Element} element @returns {boolean} whether it takes what is typed */
function takesText(element) {
  return Boolean(element.closest('input, textarea, select, [contenteditable=""], [contenteditable="true"]'));
}

/** @param {KeyboardEvent} event @returns {string|null} the action, "take-3" for candidate 3 */
export function actionOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.key === '#' && !event.metaKey) return 'number'; // on some keyboards with AltGr
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
    return null;
  }
  if (event.key === '?') return 'help';
  if (event.key === '/') return 'add';
  if (/^[1-5]$/.test(event.key)) return `take-${event.key}`;
  const inText = event.target === document.body || event.target.closest('#text');
  if (event.shiftKey) return SHIFTED[key] || (inText && SHIFTED_IN_TEXT[key]) || null;
  const digit = /^Digit([1-5])$/.exec(event.code || '');
  if (digit && !/^[a-z]$/.test(key)) return `take-${digit[1]}`;
  if (Object.hasOwn(LETTERS, key)) return LETTERS[key];
  if (inText && Object.hasOwn(IN_TEXT, key)) {
    return key === 'Enter' && event.target.closest('.mark-do') ? null : IN_TEXT[key];
  }
  return null;
}

/**
 * @param {(action:string, event:KeyboardEvent) => void} act
 * @param {(event:KeyboardEvent) => void} escape
 * @param {(event:KeyboardEvent) => boolean} tab returns true when it took the key
 */
export function listenToKeys(act, escape, tab) {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      escape(event);
      return;
    }
    if (takesText(event.target)) return;
    if (event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (tab(event)) event.preventDefault();
      return;
    }
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    if (event.repeat && !MOVING.has(action)) return; // a key held down decides once
    act(action, event);
  });
}
