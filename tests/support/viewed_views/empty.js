export default { height: 20 };
