/** Talk with the server. */

/** The server could not be reached, or broke: worth another try. */
export class Unreachable extends Error {}

/** The server said no; `status` and `body` say why. */
export class Refused extends Error {
  /** @param {number} status @param {object} body */
  constructor(status, body) {
    super((body && body.error) || `The server refused this (${status}).`);
    this.status = status;
    this.body = body || {};
  }
}

/** What the page shows of the codebook: its codes are numbers of that one, also after the codebook changed. */
let codebook = null;

/** @returns {string|null} the mark of what the page shows of the codebook */
export function shownCodebook() {
  return codebook;
}

/** @returns {HTMLMetaElement|null} */
function csrfMeta(root = document) {
  return root.querySelector('meta[name="csrf"]');
}

/**
 * After a restart of the server its token is another one: take it from the page anew.
 * @returns {Promise<boolean>} whether the token is new
 */
async function renewToken() {
  const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return false;
  const fresh = csrfMeta(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  const mine = csrfMeta();
  if (!fresh || !mine || fresh.content === mine.content) return false;
  mine.content = fresh.content;
  return true;
}

/**
 * @param {string} path
 * @param {object} [body] sent by POST when given
 * @param {boolean} [again] second try after a new token
 * @returns {Promise<any>}
 */
async function call(path, body, again = false) {
  const options = { headers: { Accept: 'application/json' }, cache: 'no-store' };
  if (codebook) options.headers['X-Codebook'] = codebook;
  if (typeof AbortSignal.timeout === 'function') options.signal = AbortSignal.timeout(20000);
  if (body !== undefined) {
    options.method = 'POST';
    options.headers['Content-Type'] = 'application/json';
    options.headers['X-CSRF'] = csrfMeta().content;
    options.body = JSON.stringify(body);
  }
  let answer;
  let json;
  try {
    answer = await fetch(path, options);
    json = await answer.json().catch(() => null);
    if (answer.status === 403 && body !== undefined && !again && await renewToken()) {
      return call(path, body, true);
    }
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (json && json.outdated) document.dispatchEvent(new CustomEvent('codebook-changed'));
  if (answer.ok && json !== null) {
    if (codebook === null && json.codes && json.codebook) codebook = json.codebook;
    return json;
  }
  if (answer.ok || answer.status >= 500) throw new Unreachable(`The server broke (${answer.status}).`);
  throw new Refused(answer.status, json);
}

/** @param {string} path @param {object} [query] */
export function get(path, query) {
  const text = query ? `?${new URLSearchParams(query)}` : '';
  return call(path + text);
}

/** @param {string} path @param {object} body */
export function post(path, body) {
  return call(path, body);
}
