-- Drives a headless Neovim as a person would, and writes what was seen as JSON. Run by neovim.test.ts with the folder
-- in ENET_TEST_ROOT and the server's command line in ENET_TEST_CMD; without the latter, by vim.lsp.enable alone.
local driver = dofile(vim.env.ENET_TEST_DRIVER)
local seen, wait, type_keys, has = driver.seen, driver.wait, driver.type, driver.has

-- the answers to the questions that Neovim asks
vim.ui.select = function(items, options, done)
  local titles = vim.tbl_map(options.format_item or tostring, items)
  seen.actions = titles
  done(items[1], 1)
end
vim.ui.input = function(options, done)
  seen.asked = options.default
  done('Cell')
end

driver.run(function()
  if vim.env.ENET_TEST_CMD then
    require('enet').setup({ cmd = vim.json.decode(vim.env.ENET_TEST_CMD), root = driver.root })
  else
    vim.lsp.enable('enet')
  end
  vim.cmd('edit ' .. driver.root .. '/net.enet')
  seen.filetype = vim.bo.filetype

  local diagnostic = wait('a diagnostic', function()
    return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })[1]
  end)
  seen.diagnostic = { code = diagnostic.code, line = diagnostic.lnum, message = diagnostic.message }

  -- a quick fix
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  if has('0.11') then type_keys('gra') else vim.lsp.buf.code_action() end
  wait('the fix', function() return driver.line(6) == '  stem: Unit(w(16))' end)
  wait('no diagnostic', function() return #vim.diagnostic.get(0) == 0 end)

  -- completion by <C-x><C-o>, of a block that is not imported yet
  seen.omnifunc = vim.bo.omnifunc
  vim.api.nvim_win_set_cursor(0, { 7, 0 })
  type_keys('A -> fused: Fused<C-x><C-o>')
  -- a menu of one is chosen at once
  wait('the completion', function() return driver.line(7):match('FusedMBConv') or vim.fn.pumvisible() == 1 end)
  if vim.fn.pumvisible() == 1 then type_keys('<C-y>') end
  driver.pause(300)
  type_keys('<Esc>')
  wait('normal mode', function() return vim.fn.mode() == 'n' end)
  seen.completed = { line = driver.line(7), import = driver.line(2) }
  type_keys('<Esc>')
  vim.api.nvim_buf_set_lines(0, 1, 2, false, { 'import { MBConv } from "std/blocks"' })
  vim.api.nvim_buf_set_lines(0, 6, 7, false, { '  body: MBConv(16)' })

  -- hover in a floating window
  vim.api.nvim_win_set_cursor(0, { 6, 9 })
  if has('0.10') then type_keys('K') else vim.lsp.buf.hover() end
  local hover = wait('a hover', driver.float)
  seen.hover = hover.text
  vim.api.nvim_win_close(hover.window, true)

  -- rename a block that another file declares
  vim.api.nvim_win_set_cursor(0, { 6, 9 })
  if has('0.11') then type_keys('grn') else vim.lsp.buf.rename() end
  wait('the renaming', function() return driver.line(6):match('Cell') end)
  seen.renamed = table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr(driver.root .. '/units.enet'), 0, 1, false), '\n')

  -- format
  vim.api.nvim_buf_set_lines(0, 5, 6, false, { '  stem:   Cell( w( 16 ) )' })
  if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync() end
  seen.formatted = driver.text()

  -- go to a definition in the library: a read-only buffer
  vim.api.nvim_win_set_cursor(0, { 2, 10 })
  if has('0.11') then type_keys('<C-]>') else vim.lsp.buf.definition() end
  wait('the library', function() return vim.api.nvim_buf_get_name(0):match('enet%-library:/') and not vim.bo.modifiable end)
  seen.library = { name = vim.api.nvim_buf_get_name(0), line = vim.api.nvim_get_current_line(), modifiable = vim.bo.modifiable }
  if has('0.10') then
    type_keys('K')
    seen.libraryHover = wait('a hover in the library', driver.float).text
    vim.api.nvim_win_close(driver.float().window, true)
  end
  vim.cmd('silent buffer #')

  vim.cmd('EnetScaling b1')
  driver.pause(300)
  local state
  vim.lsp.buf_request_all(0, 'enet/scaling', {}, function(answers) state = answers end)
  wait('the point', function() return state end)
  for _, answer in pairs(state) do seen.scaling = answer.result.chosen end
end)
