import { Download, Eraser } from 'lucide-react';
import { useMay } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';

type ContactActionsProps = {
  /** Where several contacts are listed: whose buttons these are, for screen readers. */
  of?: string;
  onExport: () => void;
  onErase: () => void;
};

/** Those of exporting and erasing that the person's role may do. */
export function ContactActions({ of, onExport, onErase }: ContactActionsProps) {
  const mayExport = useMay('privacy.exportContact');
  const mayErase = useMayErase();
  if (!mayExport && !mayErase) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {mayExport && (
        <Button
          icon={<Download size={16} aria-hidden />}
          aria-label={of && `Export ${of}`}
          onClick={onExport}
        >
          Export
        </Button>
      )}
      {mayErase && (
        <Button icon={<Eraser size={16} aria-hidden />} aria-label={of && `Erase ${of}`} onClick={onErase}>
          Erase
        </Button>
      )}
    </div>
  );
}

/** Nobody erases without seeing what. */
export function useMayErase(): boolean {
  const mayErase = useMay('privacy.eraseContact');
  return useMay('privacy.preview') && mayErase;
}
