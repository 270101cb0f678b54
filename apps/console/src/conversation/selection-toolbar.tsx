import { autoUpdate, flip, offset, shift, useFloating } from '@floating-ui/react-dom';
import { QualificationField } from '@baton/schema';
import { MessageSquareWarning } from 'lucide-react';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { fieldLabels } from '../format/labels.ts';
import { keyMap } from '../keys/key-map.ts';
import { Button } from '../ui/button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { type OpenDialog, useConversation } from './conversation-context.ts';
import type { TextSelection } from './text-selection.ts';

/** Floats above a text selection: what it can be recorded as. */
export default function SelectionToolbar({ selection }: { selection: TextSelection }) {
  const { openDialog } = useConversation();
  const [toolbar, setToolbar] = useState<HTMLElement | null>(null);
  const { floatingStyles, isPositioned } = useFloating({
    placement: 'top',
    strategy: 'fixed',
    elements: { reference: selection.range, floating: toolbar },
    middleware: [offset(8), flip({ padding: 8 }), shift({ padding: 8 })],
    whileElementsMounted: autoUpdate,
  });

  function record(dialog: OpenDialog): void {
    getSelection()?.removeAllRanges();
    openDialog(dialog);
  }

  return createPortal(
    // Pressing a button must not move the focus or clear the selection.
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      ref={setToolbar}
      role="toolbar"
      onMouseDown={(event) => event.preventDefault()}
      aria-label="Record the marked words"
      style={{ ...floatingStyles, visibility: isPositioned ? 'visible' : 'hidden' }}
      className="z-30 flex max-w-[calc(100vw-16px)] flex-wrap items-center gap-0.5 rounded-[8px] bg-raised p-1 shadow-float"
    >
      <span className="flex items-center gap-1.5 px-1.5 text-meta text-ink-3">
        Proves <Kbd keys={keyMap.qualification.keys} />
      </span>
      {QualificationField.options.map((field) => (
        <Button
          key={field}
          variant="quiet"
          onClick={() => record({ name: 'qualification', field, evidence: selection.evidence })}
        >
          {fieldLabels[field]}
        </Button>
      ))}
      <span aria-hidden className="mx-1 h-4 w-px bg-line" />
      <Button
        variant="quiet"
        icon={<MessageSquareWarning size={16} aria-hidden />}
        onClick={() => record({ name: 'raise', text: selection.text })}
      >
        Objection
      </Button>
    </div>,
    document.body,
  );
}
