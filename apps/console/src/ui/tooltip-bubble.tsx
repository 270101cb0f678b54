import { autoUpdate, flip, offset, shift, useFloating } from '@floating-ui/react-dom';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { createPortal } from 'react-dom';
import { Kbd } from './kbd.tsx';

export type TooltipContent = { label: ReactNode; keys?: string; side: 'top' | 'right' | 'bottom' | 'left' };

export default function TooltipBubble({ anchor, label, keys, side }: TooltipContent & { anchor: Element }) {
  const id = useId();
  const [bubble, setBubble] = useState<HTMLElement | null>(null);
  const { floatingStyles, isPositioned } = useFloating({
    placement: side,
    strategy: 'fixed',
    elements: { reference: anchor, floating: bubble },
    middleware: [offset(6), flip({ padding: 8 }), shift({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });

  useEffect(() => {
    // A label equal to the name would be read twice.
    if (anchor.getAttribute('aria-label') === label) return undefined;
    anchor.setAttribute('aria-describedby', id);
    return () => anchor.removeAttribute('aria-describedby');
  }, [anchor, id, label]);

  return createPortal(
    <div
      ref={setBubble}
      id={id}
      role="tooltip"
      style={{ ...floatingStyles, visibility: isPositioned ? 'visible' : 'hidden' }}
      className="z-50 flex max-w-80 items-center gap-2 rounded-base bg-raised px-2 py-1 text-meta text-ink shadow-float"
    >
      {label}
      {keys !== undefined && <Kbd keys={keys} />}
    </div>,
    document.body,
  );
}
