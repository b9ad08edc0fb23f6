/** Keeps the keyboard's place while a part of the page is replaced. */

/** Run `change` on `root`; if focus was inside, give it to the element of the same `data-key`. */
export function keepFocus(root, change) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const caret = active?.selectionStart ?? null;
  change();
  if (!active || active.isConnected) return;
  const heir = key && root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  (heir ?? root).focus();
  if (heir && caret !== null && heir.selectionStart !== null) heir.setSelectionRange?.(caret, caret);
}
