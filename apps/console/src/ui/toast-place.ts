/** Where toasts stand: away from the composer and from the buttons of rows. */
export const toastPlace =
  'fixed z-50 flex flex-col gap-2 max-two:inset-x-3 max-two:top-12 two:bottom-4 two:left-4 two:w-96';
