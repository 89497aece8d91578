// How far an import is, while somebody looks: asked for now and then, and all of the page once it has ended.

const PAUSE = 1500; // milliseconds

async function look() {
  const shown = document.getElementById('import-progress');
  if (!shown.dataset.working) return;
  try {
    const answer = await fetch(location.href, {headers: {'X-Fragment': '1'}});
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById('import-progress');
      if (!fresh.dataset.working) return location.reload();
      update(shown, fresh);
    }
  } catch {
    // The server does not answer: it is asked again.
  }
  setTimeout(look, PAUSE);
}

// The elements stay, so that a screen reader says only what is new.
function update(shown, fresh) {
  const line = shown.querySelector('[role="status"]');
  const words = fresh.querySelector('[role="status"]').textContent;
  if (line.textContent !== words) line.textContent = words;
  shown.querySelector('progress').replaceWith(fresh.querySelector('progress'));
}

setTimeout(look, PAUSE);
