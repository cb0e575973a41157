/** Say in every window that shows codes when the codebook was changed elsewhere. */
import { get, shownCodebook } from './api.js';

const POLL = 4000;

/** Show that this window has an earlier codebook; it stays until the page is loaded again. */
function show() {
  if (document.getElementById('codebook-changed')) return;
  const box = document.createElement('div');
  box.id = 'codebook-changed';
  box.className = 'codebook-changed';
  box.setAttribute('role', 'alert');
  const text = document.createElement('p');
  text.textContent = 'The codebook was changed. This window shows the earlier one. What you decided is kept.';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'strong';
  button.textContent = 'Load the page again';
  button.addEventListener('click', () => location.reload());
  box.append(text, button);
  document.body.append(box);
}

/** Ask for the codebook of now. */
async function poll() {
  const shown = shownCodebook();
  if (shown && document.visibilityState === 'visible') {
    try {
      const now = await get('/api/codebook/version');
      if (now.codebook !== shown) {
        show();
        return;
      }
    } catch (error) {
      // The page itself says when the server does not answer.
    }
  }
  setTimeout(poll, POLL);
}

document.addEventListener('codebook-changed', show);
setTimeout(poll, POLL);
