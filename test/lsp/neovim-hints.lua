-- What newer versions of Neovim draw by themselves: hints, semantic colours, lenses, symbols, folds, edits as one types.
local driver = dofile(vim.env.ENET_TEST_DRIVER)
local seen, wait, type_keys, has = driver.seen, driver.wait, driver.type, driver.has

-- of the lenses above the variants, that of b1
vim.ui.select = function(items, options, done)
  seen.lenses = vim.tbl_map(options.format_item or tostring, items)
  for index, title in ipairs(seen.lenses) do
    if title:match('^b1 ') then done(items[index], index) end
  end
end

-- The hints of a line, as they are drawn.
local function hints(line)
  local found = {}
  for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    if hint.inlay_hint.position.line == line - 1 then table.insert(found, hint.inlay_hint.label) end
  end
  return found
end

local function line_of(pattern)
  return vim.fn.search(pattern, 'nw')
end

-- The virtual line above a line of the text.
local function drawn_above(line)
  local marks = vim.api.nvim_buf_get_extmarks(0, -1, { line - 1, 0 }, { line - 1, -1 }, { details = true, type = 'virt_lines' })
  local text = ''
  for _, mark in ipairs(marks) do
    for _, chunk in ipairs(mark[4].virt_lines[1]) do text = text .. chunk[1] end
  end
  return text
end

driver.run(function()
  require('enet').setup({ cmd = vim.json.decode(vim.env.ENET_TEST_CMD), settings = { scaling = { variant = 'b5' } } })
  vim.cmd('edit ' .. driver.root .. '/efficientnet.enet')
  local row = line_of('w(80)')

  vim.lsp.inlay_hint.enable()
  seen.hints = wait('the hints', function() return #hints(row) > 0 and hints(row) end)

  seen.token = wait('a semantic token', function()
    return vim.lsp.semantic_tokens.get_at_pos(0, line_of('^model') - 1, 7)[1]
  end).type

  -- the shown point follows the command, and Neovim draws its hints anew
  vim.cmd('EnetScaling b3')
  wait('other hints', function() return hints(row)[1] ~= seen.hints[1] end)
  seen.others = hints(row)

  vim.lsp.buf.document_symbol()
  wait('the symbols', function() return vim.bo.buftype == 'quickfix' end)
  seen.symbols = driver.text()
  vim.cmd('close')

  if has('0.11') then
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
    seen.folds = wait('a fold', function() return vim.fn.foldlevel(row) > 1 and vim.fn.foldlevel(row) end)
    vim.wo.foldenable = false

    -- the parameters of a call, as one types it
    vim.api.nvim_win_set_cursor(0, { line_of('stem:'), 0 })
    type_keys('f(a<C-s>')
    seen.signature = wait('the parameters', driver.float).text
    type_keys('<Esc>')
    wait('normal mode', function() return vim.fn.mode() == 'n' end)
    vim.api.nvim_win_close(driver.float().window, true)
  end

  if has('0.12') then
    local variants = line_of('^ *variants')
    vim.api.nvim_win_set_cursor(0, { variants, 2 })
    type_keys('grx')
    wait('hints at b1', function() return hints(row)[1] ~= seen.others[1] end)
    seen.atLens = hints(row)

    -- lenses as they are drawn, which takes a screen that is drawn
    vim.lsp.codelens.enable(true)
    seen.drawn = wait('the titles of the lenses', function()
      vim.cmd('redraw!')
      local text = drawn_above(variants)
      return text:match('b0.*● b1.*l2') and text
    end)

    vim.lsp.on_type_formatting.enable(true)
    vim.api.nvim_win_set_cursor(0, { row, 0 })
    type_keys('o| d(1) | w(96) | 3 | 1 | 6 |')
    wait('an aligned row', function() return driver.line(row + 1):match('| d%(1%)   | w%(96%)    |') end)
    type_keys('<Esc>')
    wait('normal mode', function() return vim.fn.mode() == 'n' end)
    seen.aligned = driver.line(row + 1)
    vim.cmd('silent undo')
  end
end)
