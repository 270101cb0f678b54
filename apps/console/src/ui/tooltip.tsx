import { Slot } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Tip } from './tooltip-bubble.tsx';

const TipBubble = lazy(() => import('./tooltip-bubble.tsx'));

/** How long the pointer rests before the words appear, and after they may still be moved to; milliseconds. */
const REST_MS = 400;
const LEAVE_MS = 120;

const tips = new WeakMap<Element, Tip>();

function tipOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('[data-tip]') : null;
}

/**
 * Shows the words of whatever `Tooltip` the pointer rests on or the focus is on. One for the whole page: lists
 * have hundreds of places with a tooltip, and none of them costs anything until then.
 */
export function TooltipProvider({ children }: { children: ReactNode }) {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const tip = anchor === null ? undefined : tips.get(anchor);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isShown = false;

    function show(element: Element | null, afterMs: number): void {
      clearTimeout(timer);
      timer = setTimeout(() => {
        isShown = element !== null;
        setAnchor(element);
      }, afterMs);
    }
    function over(event: PointerEvent): void {
      // With a button held something is being marked or dragged.
      if (event.pointerType !== 'mouse' || event.buttons !== 0) return;
      if (event.target instanceof Element && event.target.closest('[role="tooltip"]') !== null)
        clearTimeout(timer);
      else {
        const element = tipOf(event.target);
        show(element, element === null ? LEAVE_MS : isShown ? 0 : REST_MS);
      }
    }
    function focus(event: FocusEvent): void {
      const element = tipOf(event.target);
      if (element?.matches(':focus-visible') === true) show(element, 0);
    }
    const hide = () => show(null, 0);
    const press = ({ key }: KeyboardEvent) => key === 'Escape' && hide();

    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', press);
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', press);
      document.removeEventListener('scroll', hide, { capture: true });
    };
  }, []);

  return (
    <>
      {children}
      {anchor !== null && tip !== undefined && anchor.isConnected && (
        <Suspense>
          <TipBubble anchor={anchor} {...tip} />
        </Suspense>
      )}
    </>
  );
}

export type TooltipProps = Omit<Tip, 'side'> & { side?: Tip['side']; children: ReactNode };

/** Words, and the key that does the same, beside what the pointer or the focus is on. */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (element.current !== null) tips.set(element.current, { label, keys, side });
  });
  return (
    <Slot.Root ref={element} data-tip="">
      {children}
    </Slot.Root>
  );
}
