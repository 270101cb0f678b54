import type { ReactNode } from 'react';
import { errorMessage } from '../format/error-message.ts';
import { useMayManage } from '../session/session-context.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { SettingSection } from './setting.tsx';

type SectionProps = { title: string; about: string };

/** A section whose setting is not read yet, or cannot be. */
export function UnreadSection({
  error,
  lines,
  ...section
}: SectionProps & { error: unknown; lines: number }) {
  return (
    <SettingSection {...section}>
      {error === null ? (
        <SkeletonLines lines={lines} />
      ) : (
        <Notice message={errorMessage(error)} className="mt-2" />
      )}
    </SettingSection>
  );
}

type DraftSectionProps = SectionProps & {
  /** What the fields are, for screen readers. */
  legend: string;
  isChanged: boolean;
  save: { error: unknown; isPending: boolean; isSuccess: boolean };
  /** Null while something is wrong with the draft. */
  onSave: (() => void) | null;
  onDiscard: () => void;
  /** A button beside those of the draft. */
  action?: ReactNode;
  children: ReactNode;
};

/** A section whose fields are a draft until it is saved; those who may not manage only see them. */
export function DraftSection({
  legend,
  isChanged,
  save,
  onSave,
  onDiscard,
  action,
  children,
  ...section
}: DraftSectionProps) {
  const mayManage = useMayManage();
  return (
    <SettingSection {...section}>
      <fieldset disabled={!mayManage} className="min-w-0">
        <legend className="sr-only">{legend}</legend>
        {children}
        {save.error !== null && (
          <Notice message={`Not saved. ${errorMessage(save.error)}`} className="mt-2" />
        )}
        {!mayManage && <p className="mt-3 text-ink-3">Changing them needs the right to manage.</p>}
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            disabled={!isChanged || onSave === null || save.isPending}
            onClick={() => onSave?.()}
          >
            Save
          </Button>
          {isChanged && <Button onClick={onDiscard}>Discard changes</Button>}
          {action}
          {!isChanged && save.isSuccess && (
            <span role="status" className="text-ink-3">
              Saved
            </span>
          )}
        </div>
      </fieldset>
    </SettingSection>
  );
}
