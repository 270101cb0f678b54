import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import { FieldFault } from './field-error.tsx';

const box =
  'w-full rounded-base border border-field-line bg-surface px-2 outline-offset-0 disabled:opacity-50 aria-invalid:border-ink';

type FieldProps = {
  label: string;
  isLabelHidden?: boolean;
  hint?: ReactNode;
  /** What is wrong with what was typed. */
  fault?: string | undefined;
};

function Frame({
  id,
  label,
  isLabelHidden,
  hint,
  fault,
  children,
}: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={isLabelHidden === true ? 'sr-only' : 'mb-1 block text-meta text-ink-2'}>
        {label}
      </label>
      {children}
      {fault !== undefined ? (
        <FieldFault id={`${id}-note`} className="mt-1">
          {fault}
        </FieldFault>
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

/** One line. `type="datetime-local"` and `type="number"` are the browser's own. */
export function TextField({ label, isLabelHidden, hint, fault, className, ...rest }: TextFieldProps) {
  const id = useId();
  const isNoted = fault !== undefined || hint !== undefined;
  return (
    <Frame id={id} label={label} isLabelHidden={isLabelHidden} hint={hint} fault={fault}>
      <input
        id={id}
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={isNoted ? `${id}-note` : undefined}
        className={classNames(box, 'h-8', className)}
        {...rest}
      />
    </Frame>
  );
}

export type TextAreaProps = FieldProps & Omit<ComponentProps<'textarea'>, 'id'>;

export function TextArea({ label, isLabelHidden, hint, fault, className, rows = 3, ...rest }: TextAreaProps) {
  const id = useId();
  const isNoted = fault !== undefined || hint !== undefined;
  return (
    <Frame id={id} label={label} isLabelHidden={isLabelHidden} hint={hint} fault={fault}>
      <textarea
        id={id}
        rows={rows}
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={isNoted ? `${id}-note` : undefined}
        className={classNames(box, 'block resize-y py-1.5', className)}
        {...rest}
      />
    </Frame>
  );
}
