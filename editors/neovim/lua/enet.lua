-- The language server of enet in Neovim: require('enet').setup()
--
-- Neovim 0.11 and later starts it by vim.lsp.enable, with lsp/enet.lua; 0.7 to 0.10 by vim.lsp.start_client here.
local enet = {}

local since_11 = vim.fn.has('nvim-0.11') == 1

local clients = {} -- by root folder, for versions before vim.lsp.enable

local function root_of(file)
  local marker = vim.fs and vim.fs.find({ '.git', 'package.json' }, { path = vim.fn.fnamemodify(file, ':h'), upward = true })[1]
  if marker then
    return vim.fn.fnamemodify(marker, ':h')
  end
  local git = vim.fn.finddir('.git', vim.fn.fnamemodify(file, ':h') .. ';')
  return git ~= '' and vim.fn.fnamemodify(git, ':p:h:h') or vim.fn.fnamemodify(file, ':p:h')
end

local function attach(buffer, options)
  local name = vim.api.nvim_buf_get_name(buffer)
  local root = options.root or root_of(name)
  local id = clients[root]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client({
      name = 'enet',
      cmd = options.cmd,
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
      settings = { enet = options.settings },
      init_options = { settings = options.settings },
      on_attach = function(client, attached)
        vim.bo[attached].omnifunc = 'v:lua.vim.lsp.omnifunc'
        if options.on_attach then
          options.on_attach(client, attached)
        end
      end,
    })
    clients[root] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
end

local function any_client()
  local list = vim.lsp.get_clients and vim.lsp.get_clients({ name = 'enet' }) or vim.lsp.get_active_clients()
  for _, client in ipairs(list) do
    if client.name == 'enet' then
      return client
    end
  end
end

-- A client's functions are its methods from 0.11 on, and calls without it are deprecated there.
local function call(client, method, ...)
  if since_11 then
    return client[method](client, ...)
  end
  return client[method](...)
end

-- Shows a file of the library, which has no path: the server gives its text.
local function read_library(buffer, name)
  -- Neovim takes the address for a relative path, for it has no two slashes
  local uri = name:match('enet%-library:.*$')
  local client = any_client()
  if not client then
    return
  end
  local answer = call(client, 'request_sync', 'enet/libraryFile', { uri = uri }, 2000, buffer)
  local text = answer and answer.result and answer.result ~= vim.NIL and answer.result.text or ''
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text:gsub('\n$', ''), '\n'))
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].modified = false
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = uri:match('%.md$') and 'markdown' or 'enet'
  -- hovers and definitions there too; older versions would send the name as a path of the disk
  if name == uri and not uri:match('%.md$') then
    vim.lsp.buf_attach_client(buffer, client.id)
  end
end

-- Chooses the point of the family that hovers and hints show: '2.5' is a phi, 'b3' a variant, '' the default.
function enet.select_scaling(point)
  local client = any_client()
  if client then
    call(client, 'request', 'workspace/executeCommand', {
      command = 'enet.selectScaling',
      arguments = { point == '' and 'default' or point },
    }, function(problem)
      if problem then
        vim.notify(problem.message, vim.log.levels.WARN)
      end
    end)
  end
end

-- What needs no server of its own: the files of the library, and the command. plugin/enet.lua calls it.
function enet.register()
  local group = vim.api.nvim_create_augroup('enet_library', {})
  vim.api.nvim_create_autocmd('BufReadCmd', {
    group = group,
    pattern = '*enet-library:/*',
    callback = function(args)
      read_library(args.buf, args.match)
    end,
  })
  vim.api.nvim_create_user_command('EnetScaling', function(args)
    enet.select_scaling(args.args)
  end, { nargs = '?' })
end

-- options: cmd, the server's command line; settings, such as { scaling = { phi = 2 } }; on_attach; root, a folder.
function enet.setup(options)
  options = options or {}
  options.cmd = options.cmd or { 'enetc', 'lsp' }
  enet.register() -- a plugin manager may leave plugin/ out, or source it later
  if since_11 then
    vim.lsp.config('enet', {
      cmd = options.cmd,
      root_dir = options.root, -- without one, what root_markers of lsp/enet.lua find
      settings = { enet = options.settings },
      init_options = { settings = options.settings },
      on_attach = options.on_attach,
    })
    vim.lsp.enable('enet')
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('enet', {}),
    pattern = 'enet',
    callback = function(args)
      if not vim.api.nvim_buf_get_name(args.buf):match('enet%-library:/') then
        attach(args.buf, options)
      end
    end,
  })
end

return enet
