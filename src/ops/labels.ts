/** `3×3`. */
export function kernelLabel(kernel: number | string): string {
  return `${kernel}×${kernel}`;
}
