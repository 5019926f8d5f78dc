export default {
  height: 40,
  mount: (root) => ({
    update({ inputs }) {
      if (inputs.a === 13) throw new Error("13 is too much");
      root.textContent = `a is ${inputs.a}`;
    },
  }),
};
