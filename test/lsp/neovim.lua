-- Drives a headless Neovim as a person would, and writes what was seen as JSON. Run by neovim.test.ts with the folder
-- in ENET_TEST_ROOT and the server's command line in ENET_TEST_CMD.
local root = vim.env.ENET_TEST_ROOT
local seen = {}

local function finish()
  local file = io.open(root .. '/seen.json', 'w')
  file:write(vim.json.encode(seen))
  file:close()
  vim.cmd('qall!')
end

local function wait(what, condition)
  if not vim.wait(15000, condition, 10) then
    seen.failed = 'waited in vain for ' .. what
    finish()
  end
end

local function main()
  require('enet').setup({ cmd = vim.json.decode(vim.env.ENET_TEST_CMD), root = root })
  vim.cmd('edit ' .. root .. '/net.enet')
  seen.filetype = vim.bo.filetype

  wait('a diagnostic', function() return #vim.diagnostic.get(0) > 0 end)
  local diagnostic = vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })[1]
  seen.diagnostic = { code = diagnostic.code, line = diagnostic.lnum, message = diagnostic.message }

  -- a quick fix, as vim.lsp.buf.code_action would apply it
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col + 1 })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0) }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, 5000)) do
    seen.action = answer.result[1].title
    vim.lsp.util.apply_workspace_edit(answer.result[1].edit, 'utf-16')
  end
  wait('no diagnostic', function()
    seen.left = vim.diagnostic.get(0)
    return #seen.left == 0
  end)
  seen.left = nil

  -- completion by <C-x><C-o> through omnifunc
  seen.omnifunc = vim.bo.omnifunc
  vim.api.nvim_buf_set_lines(0, 5, 6, false, { '  stem: Global' })
  vim.api.nvim_win_set_cursor(0, { 6, 14 })
  for _, answer in pairs(vim.lsp.buf_request_sync(0, 'textDocument/completion', vim.lsp.util.make_position_params(), 5000)) do
    seen.completion = vim.tbl_map(function(item) return item.word end,
      vim.lsp.util.text_document_completion_list_to_complete_items(answer.result, 'Global'))
  end
  vim.api.nvim_buf_set_lines(0, 5, 6, false, { '  stem: Unit(w(16))' })

  -- hover in a floating window
  vim.api.nvim_win_set_cursor(0, { 6, 9 })
  vim.lsp.buf.hover()
  local float
  wait('a hover', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then float = window end
    end
    return float ~= nil
  end)
  seen.hover = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float), 0, -1, false), '\n')
  vim.api.nvim_win_close(float, true)

  -- rename a block that another file declares
  vim.api.nvim_win_set_cursor(0, { 6, 9 })
  vim.lsp.buf.rename('Cell')
  wait('the renaming', function() return vim.api.nvim_buf_get_lines(0, 5, 6, false)[1]:match('Cell') ~= nil end)
  seen.renamed = table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr(root .. '/units.enet'), 0, 1, false), '\n')

  -- format
  vim.api.nvim_buf_set_lines(0, 5, 6, false, { '  stem:   Cell( w( 16 ) )' })
  if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync() end
  seen.formatted = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')

  -- go to a definition in the library: a read-only buffer
  vim.api.nvim_win_set_cursor(0, { 2, 10 })
  vim.lsp.buf.definition()
  wait('the library', function() return vim.api.nvim_buf_get_name(0):match('enet%-library:/') ~= nil end)
  seen.library = { name = vim.api.nvim_buf_get_name(0), line = vim.api.nvim_get_current_line(), modifiable = vim.bo.modifiable }
  vim.cmd('silent buffer #')

  vim.cmd('EnetScaling b1')
  vim.wait(300)
  local client = vim.lsp.get_active_clients()[1]
  local state = client.request_sync('enet/scaling', {}, 5000, 0)
  seen.scaling = state.result.chosen
  finish()
end

local ok, problem = pcall(main)
if not ok then
  seen.failed = problem
  finish()
end
