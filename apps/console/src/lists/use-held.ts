import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** A pointer that has rested for so long holds nothing, in milliseconds. */
export const MAX_REST_MS = 15_000;

/** Also true in a menu of the list, which lies elsewhere in the document. */
function isOver(list: HTMLElement | null, { pointerType, target }: PointerEvent): boolean {
  if (list === null || pointerType === 'touch' || !(target instanceof Node)) return false;
  return list.contains(target) || list.querySelector('[aria-expanded="true"]') !== null;
}

/** Keeps the value as it was when the pointer came over the list, until it leaves or the version changes. */
export function useHeld<Value>(
  list: RefObject<HTMLElement | null>,
  value: Value,
  version: string | number,
): Value {
  const latest = useRef({ value, version });
  const [held, setHeld] = useState<{ value: Value; version: string | number } | null>(null);
  useLayoutEffect(() => {
    latest.current = { value, version };
  });
  useEffect(() => {
    let rest: ReturnType<typeof setTimeout> | undefined;
    function release(): void {
      clearTimeout(rest);
      setHeld(null);
    }
    function onPointer(event: PointerEvent): void {
      if (!isOver(list.current, event)) {
        release();
        return;
      }
      clearTimeout(rest);
      rest = setTimeout(release, MAX_REST_MS);
      setHeld((before) => (before?.version === latest.current.version ? before : latest.current));
    }
    document.addEventListener('pointerover', onPointer);
    document.addEventListener('pointermove', onPointer);
    document.documentElement.addEventListener('pointerleave', release);
    return () => {
      clearTimeout(rest);
      document.removeEventListener('pointerover', onPointer);
      document.removeEventListener('pointermove', onPointer);
      document.documentElement.removeEventListener('pointerleave', release);
    };
  }, [list]);
  return held?.version === version ? held.value : value;
}
