// Before the first paint, and a file of its own because the page allows no inline script.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('baton.theme') ?? 'system';
  } catch {
    // Storage is off: the system's theme stands.
  }
  const isDark =
    choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
