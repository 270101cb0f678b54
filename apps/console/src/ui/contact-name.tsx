import { contactName, type WithContact } from '../format/contact-name.ts';
import { classNames } from './class-names.ts';

/** The contact's name; an id that stands for one is in a quieter weight. */
export function ContactName({ of, className }: { of: WithContact; className?: string }) {
  const isNamed = of.contact?.name != null;
  return (
    <span className={classNames('truncate', isNamed ? 'font-semibold' : 'font-normal text-ink-2', className)}>
      {contactName(of)}
    </span>
  );
}
