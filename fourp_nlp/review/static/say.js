/** Tell the reader what was done. Names of people and codes are kept apart from our own words. */

const timers = {};

/** @param {string} text @returns {HTMLElement} a name that cannot disturb its surroundings */
export function name(text) {
  const element = document.createElement('bdi');
  element.dir = 'auto';
  element.textContent = text;
  return element;
}

/** @param {HTMLElement} element @param {(string|Node)[]} parts */
export function fill(element, ...parts) {
  element.replaceChildren(...parts.map((part) => (typeof part === 'string' ? document.createTextNode(part) : part)));
}

/** @param {...(string|Node)} parts shown for some seconds, read out politely */
export function say(...parts) {
  const line = document.getElementById('says-status');
  fill(line, ...parts);
  line.classList.add('is-shown');
  clearTimeout(timers.say);
  timers.say = setTimeout(() => line.classList.remove('is-shown'), 5000);
}

/** @param {...(string|Node)} parts an error: stays until closed, or for 12 seconds */
export function warn(...parts) {
  const box = document.getElementById('says-error');
  box.hidden = false;
  fill(document.getElementById('says-error-text'), ...parts);
  clearTimeout(timers.warn);
  timers.warn = setTimeout(unwarn, 12000);
}

/** Take the error away. */
export function unwarn() {
  document.getElementById('says-error').hidden = true;
}
