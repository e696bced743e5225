// Live pages fetch themselves again while they are looked at; without scripts they are read as they are.
const main = document.querySelector('main[data-live]');

async function refresh() {
  if (document.visibilityState === 'visible' && document.getSelection()?.isCollapsed !== false) {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (answer.ok && !answer.redirected) {
        const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
        if (next) main.replaceChildren(...next.childNodes);
        document.body.classList.remove('stale');
      } else document.body.classList.add('stale');
    } catch {
      document.body.classList.add('stale');
    }
  }
  setTimeout(refresh, Number(main.dataset.live));
}

if (main) setTimeout(refresh, Number(main.dataset.live));
