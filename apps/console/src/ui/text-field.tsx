import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import { FieldError } from './field-error.tsx';

const boxClasses =
  'w-full rounded-base border border-field-line bg-surface px-2 outline-offset-0 disabled:opacity-50 aria-invalid:border-ink';

type FieldProps = {
  label: string;
  isLabelHidden?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
};

function Field({
  id,
  label,
  isLabelHidden,
  hint,
  error,
  children,
}: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={isLabelHidden === true ? 'sr-only' : 'mb-1 block text-meta text-ink-2'}>
        {label}
      </label>
      {children}
      {error !== undefined ? (
        <FieldError id={`${id}-note`} className="mt-1">
          {error}
        </FieldError>
      ) : (
        hint !== undefined && (
          <p id={`${id}-note`} className="mt-1 text-meta text-ink-3">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

export type TextFieldProps = FieldProps & Omit<ComponentProps<'input'>, 'id'>;

/** A single-line input. */
export function TextField({ label, isLabelHidden, hint, error, className, ...rest }: TextFieldProps) {
  const id = useId();
  const hasNote = error !== undefined || hint !== undefined;
  return (
    <Field id={id} label={label} isLabelHidden={isLabelHidden} hint={hint} error={error}>
      <input
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={hasNote ? `${id}-note` : undefined}
        className={classNames(boxClasses, 'h-8', className)}
        {...rest}
      />
    </Field>
  );
}

export type TextAreaProps = FieldProps & Omit<ComponentProps<'textarea'>, 'id'>;

export function TextArea({ label, isLabelHidden, hint, error, className, rows = 3, ...rest }: TextAreaProps) {
  const id = useId();
  const isNoted = error !== undefined || hint !== undefined;
  return (
    <Field id={id} label={label} isLabelHidden={isLabelHidden} hint={hint} error={error}>
      <textarea
        id={id}
        rows={rows}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={isNoted ? `${id}-note` : undefined}
        className={classNames(boxClasses, 'block resize-y py-1.5', className)}
        {...rest}
      />
    </Field>
  );
}
