import { classNames } from './class-names.ts';

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const keyLabels: Record<string, string> = {
  mod: isApple ? '⌘' : 'Ctrl',
  enter: '↵',
  escape: 'Esc',
  shift: '⇧',
};

function keyLabel(key: string): string {
  return keyLabels[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** `t`, the sequence `g i`, or the chord `mod+k`. */
export function Kbd({ keys, onAccent = false }: { keys: string; onAccent?: boolean }) {
  return (
    <span aria-hidden className="inline-flex items-center gap-0.5 max-two:hidden">
      {keys.split(/[ +]/).map((key) => (
        <kbd
          key={key}
          className={classNames(
            'inline-grid h-4 min-w-4 place-items-center rounded-[3px] border px-[3px] font-sans text-meta leading-none',
            onAccent ? 'border-on-accent/40 text-on-accent' : 'border-line-strong text-ink-3',
          )}
        >
          {keyLabel(key)}
        </kbd>
      ))}
    </span>
  );
}
