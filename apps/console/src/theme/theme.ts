import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Also read by public/theme.js before the first paint. */
const STORAGE_KEY = 'baton.theme';
const listeners = new Set<() => void>();
const systemIsDark = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return themes.find((theme) => theme === value) ?? 'system';
  } catch {
    return 'system';
  }
}

let chosen: Theme = stored();

function apply(): void {
  const isDark = chosen === 'dark' || (chosen === 'system' && systemIsDark?.matches === true);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

systemIsDark?.addEventListener('change', apply);

export function setTheme(theme: Theme): void {
  chosen = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Without storage it lasts until the page is closed.
  }
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen theme, which may be `system`. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, () => chosen), setTheme];
}
