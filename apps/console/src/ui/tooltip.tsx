import { Slot } from 'radix-ui';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { lazyComponent } from '../lazy/lazy-component.tsx';
import type { TooltipContent } from './tooltip-bubble.tsx';

// The next hover loads it again; a button says what it does without it, too.
const TooltipBubble = lazyComponent(() => import('./tooltip-bubble.tsx'), { failed: () => null });

/** Delays of showing and hiding, in milliseconds. */
const SHOW_DELAY_MS = 400;
const HIDE_DELAY_MS = 120;

const contents = new WeakMap<Element, TooltipContent>();

function anchorOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('[data-tip]') : null;
}

/**
 * Shows the tooltip of the hovered or focused element. One for the whole page, so that hundreds of tooltips in a list
 * cost nothing until then.
 */
export function TooltipProvider({ children }: { children: ReactNode }) {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const content = anchor === null ? undefined : contents.get(anchor);

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
    function onPointerOver(event: PointerEvent): void {
      // With a button held, something is being selected or dragged.
      if (event.pointerType !== 'mouse' || event.buttons !== 0) return;
      if (event.target instanceof Element && event.target.closest('[role="tooltip"]') !== null)
        clearTimeout(timer);
      else {
        const element = anchorOf(event.target);
        show(element, element === null ? HIDE_DELAY_MS : isShown ? 0 : SHOW_DELAY_MS);
      }
    }
    function onFocusIn(event: FocusEvent): void {
      const element = anchorOf(event.target);
      if (element?.matches(':focus-visible') === true) show(element, 0);
    }
    const hide = () => show(null, 0);
    const onKeyDown = ({ key }: KeyboardEvent) => key === 'Escape' && hide();

    document.addEventListener('pointerover', onPointerOver);
    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', onPointerOver);
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('scroll', hide, { capture: true });
    };
  }, []);

  return (
    <>
      {children}
      {anchor !== null && content !== undefined && anchor.isConnected && (
        <TooltipBubble anchor={anchor} {...content} />
      )}
    </>
  );
}

export type TooltipProps = Omit<TooltipContent, 'side'> & {
  side?: TooltipContent['side'];
  children: ReactNode;
};

/** Shows a label and its shortcut on hover and focus. */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (element.current !== null) contents.set(element.current, { label, keys, side });
  });
  return (
    <Slot.Root ref={element} data-tip="">
      {children}
    </Slot.Root>
  );
}
