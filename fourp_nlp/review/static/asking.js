/** Ask for what takes long: the server says how far it is until it is there. */
import { get } from './api.js';

const AGAIN = 300; // milliseconds

/** @param {object} working @returns {string} "Measuring agreement: 4 s" */
function inWords({ step, seconds, done, total }) {
  const far = total ? `, ${done} of ${total}` : '';
  return seconds ? `${step}${far}: ${seconds} s` : `${step}${far}…`;
}

/**
 * @param {string} path
 * @param {[string, string][]} query
 * @param {(text:string) => void} tell is told how far it is
 * @param {() => boolean} wanted whether the answer is still waited for
 * @returns {Promise<object|null>} null when it is not wanted any more
 */
export async function ask(path, query, tell, wanted) {
  for (;;) {
    const answer = await get(path, query);
    if (!wanted()) return null;
    if (!answer.working) return answer;
    tell(inWords(answer.working));
    await new Promise((resolve) => { setTimeout(resolve, AGAIN); });
    if (!wanted()) return null;
  }
}
