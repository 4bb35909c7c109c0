import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { orUndefined } from '../../node/or-undefined.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What a GPU needs in addition to Dawn. */
export const driverAdvice =
  process.platform === 'linux'
    ? "install your GPU's Vulkan driver and loader (Debian and Ubuntu: apt install libvulkan1 mesa-vulkan-drivers)"
    : "install your GPU's driver";

/**
 * Drivers that compute on the CPU, in the locations of Debian, Ubuntu, Fedora and Mesa. SwiftShader comes with
 * Chromium.
 */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/** Not in Node's constants: glibc's and musl's value on Linux. The library stays loaded when its handle is closed. */
const RTLD_NODELETE = 0x1000;

/**
 * What is missing that Dawn needs on Linux to find a GPU; Dawn reports it only on standard error. Undefined if nothing
 * is.
 */
export function missingVulkan(env: Env): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (!loadLibrary('libvulkan.so.1')) return 'there is no Vulkan loader, libvulkan.so.1';
  if (!hasDriver(env)) return 'no Vulkan driver is installed';
  return undefined;
}

/**
 * Points the Vulkan loader at a driver that computes on the CPU, the user's own choice (VK_ICD_FILENAMES) first.
 * The loader itself may be the one next to the driver.
 * @returns whether there is a driver and a loader
 */
export function useSoftwareDriver(env: Env): boolean {
  const driver = chosenDrivers(env)[0] ?? softwareDrivers.find((file) => existsSync(file));
  if (process.platform !== 'linux' || driver === undefined) return false;
  if (!loadLibrary('libvulkan.so.1') && !loadLibrary(join(dirname(driver), 'libvulkan.so.1'))) return false;
  process.env.VK_ICD_FILENAMES = driver;
  return true;
}

/**
 * Loads a shared library so that later look-ups by name find it. Node loads libraries only as its own modules, and
 * complains about any other; the flag keeps it loaded anyway.
 */
function loadLibrary(path: string): boolean {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (e) {
    return /did not self-register/.test((e as Error).message);
  }
}

function chosenDrivers(env: Env): string[] {
  return (env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES || '').split(delimiter).filter((file) => existsSync(file));
}

/** The folders of the Vulkan loader's documentation, LoaderDriverInterface.md. */
function hasDriver(env: Env): boolean {
  if (chosenDrivers(env).length > 0) return true;
  const home = env.HOME ?? '';
  const bases = [
    env.XDG_CONFIG_HOME || join(home, '.config'),
    ...(env.XDG_CONFIG_DIRS || '/etc/xdg').split(':'),
    '/etc',
    env.XDG_DATA_HOME || join(home, '.local/share'),
    ...(env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ];
  return bases.some((base) => {
    const names = orUndefined(() => readdirSync(join(base, 'vulkan/icd.d'))) ?? [];
    return names.some((name) => name.endsWith('.json'));
  });
}
