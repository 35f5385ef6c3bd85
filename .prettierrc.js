module.exports = {
	useTabs: true,
	printWidth: 120,
	singleQuote: true,
	trailingComma: 'all',
	semi: true,
	arrowParens: 'always',
};
