import type { ScalingRequest } from '../4-scale/scaling.ts';
import { isInside } from '../host.ts';
import { createIde } from '../ide/core/create-ide.ts';
import type { Ide } from '../ide/core/ide.ts';
import type { Platform } from './platform.ts';
import { folderOf } from './uris.ts';

/**
 * A folder that imports stay in, and what is known about its files: a workspace folder, or the folder of a file outside
 * of these. Imports cannot cross from one to another, so that each has its own `Ide`.
 */
export interface Project {
  readonly root: string;
  readonly isWorkspaceFolder: boolean;
  readonly ide: Ide;
}

export interface Projects {
  readonly all: () => readonly Project[];
  /** The project of a path; with `create` one is made for a single file's folder. */
  find(path: string, create?: boolean): Project | undefined;
  /** Ends an open document of a path. A project without a workspace folder and without open documents is dropped. */
  close(path: string): void;
  /** Makes these the workspace's folders. Documents that are open must then be opened again in their projects. */
  setFolders(roots: readonly string[]): void;
  setScaling(request: ScalingRequest): void;
}

export function createProjects(platform: Platform): Projects {
  let projects: Project[] = [];
  let scaling: ScalingRequest = {};
  const create = (root: string, isWorkspaceFolder: boolean): Project => {
    const ide = createIde(platform.createHost(root, isWorkspaceFolder));
    ide.setScaling(scaling);
    const project = { root, isWorkspaceFolder, ide };
    projects.push(project);
    return project;
  };
  const find = (path: string, mayCreate = false): Project | undefined => {
    // the library belongs to every project, and is the same in each
    if (path.startsWith('std/')) return projects[0] ?? create('', false);
    const known =
      projects.find(({ root, isWorkspaceFolder }) => isWorkspaceFolder && isInside(path, root)) ??
      projects.find(({ root, isWorkspaceFolder }) => !isWorkspaceFolder && folderOf(path) === root);
    return known ?? (mayCreate ? create(folderOf(path), false) : undefined);
  };
  return {
    all: () => projects,
    find,
    close(path) {
      const project = find(path);
      project?.ide.close(path);
      if (project?.isWorkspaceFolder || project?.ide.openDocuments().length !== 0) return;
      projects = projects.filter((p) => p !== project);
    },
    setFolders(roots) {
      // of folders within each other the outermost: its files can import each other, and each file is in one project
      const outer = roots.filter((root) => !roots.some((other) => other !== root && isInside(root, other)));
      projects = projects.filter((p) => p.isWorkspaceFolder && outer.includes(p.root));
      for (const root of outer) if (!projects.some((p) => p.root === root)) create(root, true);
    },
    setScaling(request) {
      scaling = request;
      for (const { ide } of projects) ide.setScaling(request);
    },
  };
}
