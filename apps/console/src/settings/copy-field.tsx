import { Copy } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useToast } from '../ui/toast-provider.tsx';

type CopyFieldProps = {
  label: string;
  value: string;
  /** What the toast says once it is copied. */
  copied: string;
};

/** Text to be taken elsewhere, with a button that copies it. */
export function CopyField({ label, value, copied }: CopyFieldProps) {
  const toast = useToast();
  return (
    <div className="flex min-w-0 flex-1 items-end gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label={label}
          value={value}
          readOnly
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
      </div>
      <Button
        icon={<Copy size={16} aria-hidden />}
        onClick={() => void navigator.clipboard.writeText(value).then(() => toast({ message: copied }))}
        className="h-8"
      >
        Copy
      </Button>
    </div>
  );
}
