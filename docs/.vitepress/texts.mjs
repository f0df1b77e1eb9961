/** What the theme itself says. */
export const english = {
  nav: [
    { text: 'Start', link: '/start/', activeMatch: '^/start/' },
    { text: 'Guides', link: '/guides/', activeMatch: '^/guides/' },
    { text: 'Methods', link: '/methods/', activeMatch: '^/methods/' },
    { text: 'API', link: '/api/', activeMatch: '^/api/' },
    {
      text: 'More',
      items: [
        { text: 'Explained', link: '/explained/dgprompt' },
        { text: 'Gallery', link: '/gallery/' },
        { text: 'Results', link: '/results/' },
        { text: 'Questions', link: '/faq' },
        { text: 'Changelog', link: '/changelog' },
      ],
    },
  ],
};

export const chinese = {
  theme: {
    nav: [
      { text: '快速开始', link: '/zh/start/', activeMatch: '^/zh/start/' },
      { text: '指南', link: '/zh/guides/', activeMatch: '^/zh/guides/' },
      { text: '方法（英文）', link: '/methods/' },
      { text: 'API（英文）', link: '/api/' },
    ],
    outline: { level: [2, 3], label: '本页目录' },
    docFooter: { prev: '上一页', next: '下一页' },
    darkModeSwitchLabel: '外观',
    lightModeSwitchTitle: '切换到浅色模式',
    darkModeSwitchTitle: '切换到深色模式',
    sidebarMenuLabel: '菜单',
    returnToTopLabel: '回到顶部',
    langMenuLabel: '切换语言',
    skipToContentLabel: '跳到正文',
  },
  search: {
    zh: {
      translations: {
        button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
        modal: {
          displayDetails: '显示详细内容',
          resetButtonTitle: '清空',
          backButtonTitle: '关闭搜索',
          noResultsText: '没有找到',
          footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
        },
      },
    },
  },
};
